"""Recognition and research (F54, F55): lists an enterprise is on, and what it spends on projects of its own."""

from features.contracts.qualification import MUNICIPAL, NATIONAL, PROVINCIAL, QUALIFICATION
from features.contracts.research_project import RESEARCH_PROJECT
from features.definitions.entry import CL0, Entry
from features.definitions.families import Family, months_back, published_years
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    days_since_first,
    days_since_last,
    distinct,
    exists,
    largest,
    mean,
    ratio,
    total,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, periods

LISTS = Family("《高新技术企业认定管理办法》;科技与工信部门资质名单(F54)", consent=CL0)
PROJECTS = Family("《中华人民共和国科学技术进步法》;科技部门科技项目与研发费用(F55)")
HOLDS = col("ends_on") >= AS_OF
EXPIRED = col("ends_on") < AS_OF
HEIGHT = {NATIONAL: 3, PROVINCIAL: 2, MUNICIPAL: 1}
STOPPED, FINISHED = "终止", "结题"
EVER = ever()


def listed(take: Aggregate, where: Condition | None = None, within: Window = EVER, missing: int | None = 0) -> Feature:
    return Feature(feed=QUALIFICATION, take=take, within=within, where=where, missing=missing)


def projects(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=RESEARCH_PROJECT, take=take, within=within, where=where, missing=missing)


def spent(within: Window) -> Feature:
    return projects(total(col("rd_expense_fen")), within)


QUALIFICATION_FEATURES: tuple[Entry, ...] = (
    LISTS.one(
        "qualification_height",
        listed(largest(col("level").mapped(HEIGHT)), HOLDS),
        label="在有效期内的最高资质级别(3国家级,2省级,1市级,0无)",
        label_en="Highest level of a qualification in force (3 national, 2 provincial, 1 municipal, 0 none)",
        unit="level",
        sign=FAVOURABLE,
        code="QUALIFICATION",
        zh="在有效期内的最高资质级别为{value}",
        en="The highest qualification in force is of level {value}",
    ),
    LISTS.one(
        "high_tech_enterprise",
        listed(exists(), HOLDS & col("list_code").equals("GXJS")),
        label="是否为有效期内的国家高新技术企业(1为是)",
        label_en="Whether it is a high-tech enterprise now (1 = yes)",
        unit="flag",
        sign=FAVOURABLE,
        code="HIGH-TECH",
        zh=("当前不是国家高新技术企业", "当前是国家高新技术企业"),
        en=("It is not a high-tech enterprise", "It is a high-tech enterprise"),
    ),
    LISTS.one(
        "specialised_enterprise",
        listed(exists(), HOLDS & col("list_code").one_of("ZJTX", "XJR")),
        label="是否为有效期内的专精特新企业(1为是)",
        label_en="Whether it is a specialised and innovative enterprise now (1 = yes)",
        unit="flag",
        sign=FAVOURABLE,
        code="SPECIALISED",
        zh=("当前不是专精特新企业", "当前是专精特新企业"),
        en=("It is not on a list of specialised enterprises", "It is on a list of specialised enterprises"),
    ),
    LISTS.one(
        "qualifications_valid",
        listed(distinct(col("list_code")), HOLDS),
        label="有效期内的资质项数",
        label_en="Qualifications in force",
        unit="qualifications",
        sign=FAVOURABLE,
        code="QUALIFICATIONS",
        zh="有效期内的资质{value}项",
        en="{value} qualifications are in force",
    ),
    LISTS.one(
        "qualifications_expired",
        listed(distinct(col("list_code")), EXPIRED),
        label="曾有而期满的资质项数(含已续认定的)",
        label_en="Qualifications once held whose term has ended, renewed ones included",
        unit="qualifications",
        sign=NEUTRAL,
        code="QUALIFICATIONS-EXPIRED",
        zh="期满的资质{value}项",
        en="{value} qualifications have run out",
    ),
    *LISTS.over(
        months_back(12, 36),
        "qualifications_new_{span}",
        lambda within: listed(count(), None, within),
        label="{span}获得资质认定次数",
        label_en="Recognitions in {span}",
        unit="recognitions",
        sign=FAVOURABLE,
        code="QUALIFICATIONS-NEW",
        zh="{span}获得资质认定{value}次",
        en="It was recognised {value} times in {span}",
    ),
    LISTS.one(
        "qualified_days",
        listed(days_since_first(), missing=None),
        label="首次获得资质认定距今天数",
        label_en="Days since it was first recognised",
        unit="days",
        sign=FAVOURABLE,
        code="QUALIFIED-SINCE",
        zh=("首次获得资质认定仅{value}天", "首次获得资质认定已{value}天"),
        en=("It was first recognised only {value} days ago", "It was first recognised {value} days ago"),
    ),
    LISTS.one(
        "qualified_last_days",
        listed(days_since_last(), missing=None),
        label="最近一次资质认定距今天数",
        label_en="Days since it was last recognised",
        unit="days",
        sign=ADVERSE,
        code="QUALIFIED-LAST",
        zh=("已有{value}天没有新的资质认定", "最近一次资质认定在{value}天前"),
        en=("It was not recognised for {value} days", "It was last recognised {value} days ago"),
    ),
)

RESEARCH_FEATURES: tuple[Entry, ...] = (
    *PROJECTS.over(
        published_years(1, 3),
        "research_spent_{span}",
        spent,
        label="{span}科技项目研发费用",
        label_en="Spent on research projects in {span}",
        unit="fen",
        sign=FAVOURABLE,
        code="RESEARCH-SPENT",
        zh="{span}科技项目研发费用{value}",
        en="{value} was spent on research projects in {span}",
    ),
    PROJECTS.one(
        "research_trend_2y",
        trend(spent(periods(1)), spent(periods(1, before=1))),
        label="最近已公布年度研发费用较上年变化",
        label_en="Change of research spending, last published year on the year before",
        unit="change",
        sign=FAVOURABLE,
        code="RESEARCH-TREND",
        zh="最近年度研发费用较上年变化{value}",
        en="Research spending changed by {value} on the year before",
    ),
    PROJECTS.one(
        "research_projects_3y",
        projects(distinct(col("project_no")), periods(3)),
        label="近3个已公布年度科技项目数",
        label_en="Research projects in the last 3 published years",
        unit="projects",
        sign=FAVOURABLE,
        code="RESEARCH-PROJECTS",
        zh="近3年承担科技项目{value}个",
        en="{value} research projects in 3 years",
    ),
    PROJECTS.one(
        "research_funding_3y",
        projects(total(col("amount_fen")), periods(3)),
        label="近3个已公布年度科技项目财政资助",
        label_en="Public money for research projects in the last 3 published years",
        unit="fen",
        sign=FAVOURABLE,
        code="RESEARCH-FUNDING",
        zh="近3年科技项目获财政资助{value}",
        en="Research projects were funded with {value} in 3 years",
    ),
    PROJECTS.one(
        "research_funded_share_3y",
        ratio(projects(total(col("amount_fen")), periods(3)), spent(periods(3))),
        label="近3个已公布年度财政资助与研发费用之比",
        label_en="Public money over research spending, last 3 published years",
        unit="share",
        sign=NEUTRAL,
        code="RESEARCH-FUNDED",
        zh="近3年研发费用中财政资助占{value}",
        en="Public money was {value} of research spending in 3 years",
    ),
    PROJECTS.one(
        "research_stopped_5y",
        projects(count(), periods(5), col("stage").equals(STOPPED)),
        label="近5个已公布年度终止的科技项目数",
        label_en="Research projects stopped in the last 5 published years",
        unit="projects",
        sign=ADVERSE,
        code="RESEARCH-STOPPED",
        zh="近5年科技项目终止{value}个",
        en="{value} research projects were stopped in 5 years",
    ),
    PROJECTS.one(
        "research_finished_share_5y",
        ratio(
            projects(count(), periods(5), col("stage").equals(FINISHED)),
            projects(count(), periods(5), col("stage").one_of(FINISHED, STOPPED)),
        ),
        label="近5个已公布年度结束的科技项目中结题的占比",
        label_en="Share of the projects ended in the last 5 published years that were finished",
        unit="share",
        sign=FAVOURABLE,
        code="RESEARCH-FINISHED",
        zh=("近5年结束的科技项目仅{value}结题", "近5年结束的科技项目{value}结题"),
        en=("Only {value} of ended projects were finished", "{value} of ended projects were finished"),
    ),
    PROJECTS.one(
        "research_mean_project_3y",
        projects(mean(col("rd_expense_fen")), periods(3), missing=None),
        label="近3个已公布年度单个项目年均研发费用",
        label_en="Mean yearly spending on one project, last 3 published years",
        unit="fen",
        sign=FAVOURABLE,
        code="RESEARCH-SIZE",
        zh=("单个科技项目年均投入仅{value}", "单个科技项目年均投入{value}"),
        en=("Only {value} a year was spent on a project", "{value} a year was spent on a project"),
    ),
)

INNOVATION_FEATURES = (*QUALIFICATION_FEATURES, *RESEARCH_FEATURES)
