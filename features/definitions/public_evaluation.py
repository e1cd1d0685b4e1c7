"""The national evaluation (F58): how the state grades an enterprise's public credit, and whether the grade holds."""

from features.contracts.public_evaluation import PUBLIC_EVALUATION
from features.definitions.entry import Entry
from features.definitions.families import Family, published_months
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_first,
    difference,
    distinct,
    latest,
    mean,
    ratio,
    smallest,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, ever, periods

FAMILY = Family(
    "《国务院办公厅关于加快推进社会信用体系建设构建以信用为基础的新型监管机制的指导意见》;国家公共信用综合评价(F58)"
)
RANK = col("grade").mapped({"优": 4, "良": 3, "中": 2, "差": 1})


def graded(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=PUBLIC_EVALUATION, take=take, within=within, where=where, missing=missing)


PUBLIC_EVALUATION_FEATURES: tuple[Entry, ...] = (
    FAMILY.one(
        "evaluation_grade",
        graded(latest(RANK), periods(24)),
        label="最近公共信用综合评价等级(4优,3良,2中,1差;24个已公布月内)",
        label_en="Newest national evaluation (4 excellent to 1 poor), within 24 published months",
        unit="grade",
        sign=FAVOURABLE,
        code="EVALUATION",
        zh="最近公共信用综合评价等级为{value}(4优至1差)",
        en="The newest national evaluation is {value} (4 excellent to 1 poor)",
    ),
    *FAMILY.over(
        published_months(12, 36),
        "evaluation_worst_{span}",
        lambda within: graded(smallest(RANK), within),
        label="{span}公共信用综合评价最低等级",
        label_en="Lowest national evaluation in {span}",
        unit="grade",
        sign=FAVOURABLE,
        code="EVALUATION-WORST",
        zh="{span}最低评价等级为{value}(4优至1差)",
        en="The lowest evaluation in {span} is {value} (4 excellent to 1 poor)",
    ),
    FAMILY.one(
        "evaluation_mean_36p",
        graded(mean(RANK), periods(36)),
        label="近36个已公布月公共信用综合评价平均等级",
        label_en="Mean national evaluation of the last 36 published months",
        unit="grade",
        sign=FAVOURABLE,
        code="EVALUATION-MEAN",
        zh="近36个月平均评价等级为{value}(4优至1差)",
        en="The mean evaluation of 36 months is {value} (4 excellent to 1 poor)",
    ),
    FAMILY.one(
        "evaluation_change_12p",
        difference(graded(latest(RANK), periods(12)), graded(latest(RANK), periods(12, before=12))),
        label="公共信用综合评价等级较12个已公布月前升降",
        label_en="National evaluation less that of 12 published months earlier",
        unit="grades",
        sign=FAVOURABLE,
        code="EVALUATION-CHANGE",
        zh="评价等级较一年前变动{value}级",
        en="The evaluation moved by {value} grades in a year",
    ),
    FAMILY.one(
        "evaluation_grades_36p",
        graded(distinct(col("grade")), periods(36)),
        label="近36个已公布月出现的不同评价等级数",
        label_en="Different national evaluations in the last 36 published months",
        unit="grades",
        sign=ADVERSE,
        code="EVALUATION-UNSTEADY",
        zh=("近36个月评价等级不稳,出现过{value}种", "近36个月评价等级仅{value}种"),
        en=("{value} different evaluations in 36 months", "Only {value} different evaluations in 36 months"),
    ),
    FAMILY.one(
        "evaluation_poor_share_36p",
        ratio(graded(count(), periods(36), col("grade").one_of("中", "差"), 0), graded(count(), periods(36))),
        label="近36个已公布月评价为中或差的占比",
        label_en="Share of middling and poor evaluations in the last 36 published months",
        unit="share",
        sign=ADVERSE,
        code="EVALUATION-POOR",
        zh=("近36个月评价{value}为中或差", "近36个月评价仅{value}为中或差"),
        en=("{value} of evaluations in 36 months were middling or poor", "Only {value} were middling or poor"),
    ),
    FAMILY.one(
        "evaluation_since_days",
        graded(days_since_first(), ever()),
        label="首次(可用)公共信用综合评价距今天数",
        label_en="Days since the first national evaluation that may be used",
        unit="days",
        sign=FAVOURABLE,
        code="EVALUATION-SINCE",
        zh=("纳入公共信用综合评价仅{value}天", "纳入公共信用综合评价已{value}天"),
        en=("It has been evaluated for only {value} days", "It has been evaluated for {value} days"),
    ),
)
