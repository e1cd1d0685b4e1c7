"""Conduct on the construction market (F42). Who builds nothing has no score: unknown, not bad."""

from features.contracts.construction_conduct import CONSTRUCTION_CONDUCT
from features.definitions.entry import CL0, Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    difference,
    distinct,
    latest,
    mean,
    months_active,
    ratio,
    smallest,
    total,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, months

SITES = Family("《建筑市场信用管理暂行办法》;住建部门建筑市场行为(F42)", CL0)

SCORE, BAD_ACTS = col("score"), col("bad_acts")
CLASSES = {"特级": 5, "一级": 4, "二级": 3, "三级": 2, "不分等级": 1}


def assessed(take: Aggregate, within: Window, where: Condition | None = None) -> Feature:
    return Feature(feed=CONSTRUCTION_CONDUCT, take=take, within=within, where=where)


CONSTRUCTION_FEATURES: tuple[Entry, ...] = (
    SITES.one(
        "construction_score",
        assessed(latest(SCORE), months(12)),
        label="最近建筑市场信用得分(12个月内)",
        label_en="Newest construction score, at most 12 months back",
        unit="points",
        sign=FAVOURABLE,
        code="CONSTRUCTION",
        zh=("建筑市场信用得分仅{value}分", "建筑市场信用得分{value}分"),
        en=("The construction score is only {value}", "The construction score is {value}"),
    ),
    SITES.one(
        "construction_mean_score_24m",
        assessed(mean(SCORE), months(24)),
        label="近24个月平均建筑市场信用得分",
        label_en="Mean construction score of the last 24 months",
        unit="points",
        sign=FAVOURABLE,
        code="CONSTRUCTION",
        zh="近24个月平均建筑市场信用得分{value}分",
        en="The mean construction score of 24 months is {value}",
    ),
    SITES.one(
        "construction_lowest_score_36m",
        assessed(smallest(SCORE), months(36)),
        label="近36个月最低建筑市场信用得分",
        label_en="Lowest construction score of the last 36 months",
        unit="points",
        sign=FAVOURABLE,
        code="CONSTRUCTION",
        zh="近36个月最低建筑市场信用得分{value}分",
        en="The lowest construction score of 36 months is {value}",
    ),
    SITES.one(
        "construction_score_change_12m",
        difference(assessed(mean(SCORE), months(12)), assessed(mean(SCORE), months(12, before=12))),
        label="近12个月平均建筑市场信用得分较前12个月变化",
        label_en="Change of the mean construction score, last 12 months on the 12 before",
        unit="points",
        sign=FAVOURABLE,
        code="CONSTRUCTION",
        zh="平均得分较前12个月变化{value}分",
        en="The mean score changed by {value} on the 12 months before",
    ),
    *SITES.over(
        months_back(12, 36),
        "construction_bad_acts_{span}",
        lambda within: assessed(total(BAD_ACTS), within),
        label="{span}建筑市场不良行为数量",
        label_en="Bad acts on building sites in {span}",
        unit="acts",
        sign=ADVERSE,
        code="CONSTRUCTION-ACTS",
        zh="{span}建筑市场不良行为{value}项",
        en="{value} bad acts on building sites in {span}",
    ),
    SITES.one(
        "construction_bad_acts_per_assessment_24m",
        ratio(assessed(total(BAD_ACTS), months(24)), assessed(count(), months(24))),
        label="近24个月平均每次评价不良行为数",
        label_en="Bad acts per construction assessment, last 24 months",
        unit="acts",
        sign=ADVERSE,
        code="CONSTRUCTION-ACTS",
        zh="近24个月平均每次评价不良行为{value}项",
        en="{value} bad acts per assessment in 24 months",
    ),
    SITES.one(
        "construction_days_since_bad_act",
        assessed(days_since_last(), months(36), BAD_ACTS > 0),
        label="距最近一次建筑市场不良行为天数(36个月内)",
        label_en="Days since the last assessment with a bad act, at most 36 months back",
        unit="days",
        sign=FAVOURABLE,
        code="CONSTRUCTION-ACTS",
        zh="最近一次不良行为距今{value}天",
        en="The last bad act was found {value} days ago",
    ),
    SITES.one(
        "construction_projects_24m",
        assessed(distinct(col("project_no")), months(24)),
        label="近24个月在建工程项目数",
        label_en="Building projects assessed in the last 24 months",
        unit="projects",
        sign=FAVOURABLE,
        code="CONSTRUCTION-PROJECTS",
        zh="近24个月在建项目{value}个",
        en="{value} building projects in 24 months",
    ),
    SITES.one(
        "construction_months_active_12m",
        assessed(months_active(), months(12)),
        label="近12个月有建筑市场评价的自然月数",
        label_en="Calendar months with a construction assessment in the last 12 months",
        unit="months",
        sign=FAVOURABLE,
        code="CONSTRUCTION-PROJECTS",
        zh="近12个月有{value}个自然月在建",
        en="Assessed on sites in {value} calendar months within 12 months",
    ),
    SITES.one(
        "construction_qualification",
        assessed(latest(col("qualification").mapped(CLASSES)), months(36)),
        label="建筑业资质等级(5特级至1不分等级)",
        label_en="Class of construction qualification (5 special to 1 without class)",
        unit="class",
        sign=FAVOURABLE,
        code="CONSTRUCTION-CLASS",
        zh="建筑业资质等级为{value}",
        en="The class of construction qualification is {value}",
    ),
)
