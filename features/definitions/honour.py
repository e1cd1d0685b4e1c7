"""Honours (F37). Those a subject refused to have recorded are never read: the law of use drops them."""

from features.contracts.honour import HONOUR
from features.definitions.entry import CL0, Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import ADVERSE, FAVOURABLE, Aggregate, Feature, count, days_since_last, distinct, largest
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import EVER, Window, months

HONOURS = Family("《深圳经济特区社会信用条例》第三十九条;各部门荣誉表彰(F37)", CL0)

VALID = ~col("to_on").is_known() | (col("to_on") >= AS_OF)
LEVELS = {"国家级": 4, "省级": 3, "市级": 2, "区级": 1}


def honoured(
    take: Aggregate, within: Window = EVER, where: Condition | None = None, missing: int | None = 0
) -> Feature:
    return Feature(feed=HONOUR, take=take, within=within, where=where, missing=missing)


HONOUR_FEATURES: tuple[Entry, ...] = (
    HONOURS.one(
        "honours_valid",
        honoured(count(), where=VALID),
        label="有效荣誉数量",
        label_en="Honours in force",
        unit="honours",
        sign=FAVOURABLE,
        code="HONOUR",
        zh=("有效荣誉仅{value}项", "有效荣誉{value}项"),
        en=("Only {value} honours are in force", "{value} honours are in force"),
    ),
    HONOURS.one(
        "honour_highest_level",
        honoured(largest(col("level").mapped(LEVELS)), where=VALID),
        label="有效荣誉最高级别(4国家级至1区级,0无)",
        label_en="Highest level among honours in force (4 national to 1 district, 0 none)",
        unit="level",
        sign=FAVOURABLE,
        code="HONOUR",
        zh="有效荣誉最高级别为{value}级",
        en="The highest level among honours in force is {value}",
    ),
    HONOURS.one(
        "honour_kinds_valid",
        honoured(distinct(col("honour_code")), where=VALID),
        label="有效荣誉种数",
        label_en="Different honours in force",
        unit="honours",
        sign=FAVOURABLE,
        code="HONOUR",
        zh="有效荣誉{value}种",
        en="{value} different honours are in force",
    ),
    *HONOURS.over(
        months_back(12, 36),
        "honours_{span}",
        lambda within: honoured(count(), within),
        label="{span}获得荣誉次数",
        label_en="Honours received in {span}",
        unit="honours",
        sign=FAVOURABLE,
        code="HONOUR",
        zh="{span}获得荣誉{value}次",
        en="{value} honours were received in {span}",
    ),
    HONOURS.one(
        "honours_of_leaders",
        honoured(count(), where=VALID & col("subject_type").equals("企业负责人")),
        label="企业负责人有效荣誉数量",
        label_en="Honours in force of those who lead it",
        unit="honours",
        sign=FAVOURABLE,
        code="HONOUR",
        zh="企业负责人有效荣誉{value}项",
        en="{value} honours in force of those who lead it",
    ),
    HONOURS.one(
        "honour_departments_36m",
        honoured(distinct(col("org")), months(36)),
        label="近36个月授予荣誉的部门数",
        label_en="Departments that honoured it in the last 36 months",
        unit="departments",
        sign=FAVOURABLE,
        code="HONOUR",
        zh="近36个月有{value}个部门授予荣誉",
        en="{value} departments honoured it in 36 months",
    ),
    HONOURS.one(
        "honour_days_since_last",
        honoured(days_since_last(), missing=None),
        label="距最近一次获得荣誉天数",
        label_en="Days since the last honour",
        unit="days",
        sign=ADVERSE,
        code="HONOUR",
        zh="最近一次获得荣誉距今{value}天",
        en="The last honour was {value} days ago",
    ),
    HONOURS.one(
        "honours_city_or_above_36m",
        honoured(count(), months(36), col("level").one_of("国家级", "省级", "市级")),
        label="近36个月市级以上荣誉次数",
        label_en="Honours of city level or above in the last 36 months",
        unit="honours",
        sign=FAVOURABLE,
        code="HONOUR",
        zh="近36个月获市级以上荣誉{value}次",
        en="{value} honours of city level or above in 36 months",
    ),
)
