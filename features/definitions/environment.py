"""Environmental grades (F38) and monitored discharge (F39). Who bears on no environment has none: unknown, not good."""

from features.contracts.discharge import DISCHARGE
from features.contracts.environment_rating import ENVIRONMENT_RATING
from features.definitions.entry import CL0, Entry
from features.definitions.families import Family, published_months
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    difference,
    largest,
    latest,
    months_active,
    ratio,
    smallest,
    total,
    trend,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, periods

RATING = Family("《企业环境信用评价办法(试行)》;生态环境部门环境信用评价(F38)", CL0)
DISCHARGES = Family("《排污许可管理条例》;生态环境部门排污许可与监测(F39)")

GRADE = col("grade").mapped({"绿": 4, "蓝": 3, "黄": 2, "红": 1})
POOR = {"绿": 0, "蓝": 0, "黄": 1, "红": 1}
EXCEEDING = col("n_exceed")


def rated(take: Aggregate, within: Window) -> Feature:
    return Feature(feed=ENVIRONMENT_RATING, take=take, within=within)


def monitored(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = None) -> Feature:
    return Feature(feed=DISCHARGE, take=take, within=within, where=where, missing=missing)


ENVIRONMENT_FEATURES: tuple[Entry, ...] = (
    RATING.one(
        "environment_grade",
        rated(latest(GRADE), periods(2)),
        label="最近环境信用等级(4绿3蓝2黄1红,2年内)",
        label_en="Newest environmental grade (4 green, 3 blue, 2 yellow, 1 red), at most 2 years back",
        unit="grade",
        sign=FAVOURABLE,
        code="ENVIRONMENT",
        zh="环境信用等级为{value}级",
        en="The environmental grade is {value}",
    ),
    RATING.one(
        "environment_score",
        rated(latest(col("score")), periods(2)),
        label="最近环境信用得分(2年内)",
        label_en="Newest environmental score, at most 2 years back",
        unit="points",
        sign=FAVOURABLE,
        code="ENVIRONMENT",
        zh=("环境信用得分仅{value}分", "环境信用得分{value}分"),
        en=("The environmental score is only {value}", "The environmental score is {value}"),
    ),
    RATING.one(
        "environment_worst_grade_3y",
        rated(smallest(GRADE), periods(3)),
        label="近3年最差环境信用等级(4绿至1红)",
        label_en="Worst environmental grade of the last 3 published years (4 green to 1 red)",
        unit="grade",
        sign=FAVOURABLE,
        code="ENVIRONMENT",
        zh="近3年最差环境信用等级为{value}级",
        en="The worst environmental grade of 3 years is {value}",
    ),
    RATING.one(
        "environment_score_change",
        difference(rated(latest(col("score")), periods(1)), rated(latest(col("score")), periods(1, before=1))),
        label="环境信用得分较上年变化",
        label_en="Change of the environmental score on the year before",
        unit="points",
        sign=FAVOURABLE,
        code="ENVIRONMENT",
        zh="环境信用得分较上年变化{value}分",
        en="The environmental score changed by {value} on the year before",
    ),
    RATING.one(
        "environment_poor_years_5y",
        rated(total(col("grade").mapped(POOR)), periods(5)),
        label="近5年被评黄、红等级的年数",
        label_en="Years graded yellow or red among the last 5 published",
        unit="years",
        sign=ADVERSE,
        code="ENVIRONMENT",
        zh="近5年有{value}年被评黄、红等级",
        en="Graded yellow or red in {value} of 5 years",
    ),
    *DISCHARGES.over(
        published_months(6, 24),
        "discharge_exceed_days_{span}",
        lambda within: monitored(total(EXCEEDING), within),
        label="{span}排放超标天数",
        label_en="Days of discharge above the limit, {span}",
        unit="days",
        sign=ADVERSE,
        code="DISCHARGE",
        zh="{span}排放超标{value}天",
        en="Discharge was above the limit on {value} days in {span}",
    ),
    DISCHARGES.one(
        "discharge_exceed_month_share_12p",
        ratio(monitored(count(), periods(12), EXCEEDING > 0, 0), monitored(count(), periods(12))),
        label="近12个已公布月排放超标月份占比",
        label_en="Share of months with discharge above the limit, last 12 published",
        unit="share",
        sign=ADVERSE,
        code="DISCHARGE",
        zh="近12个已公布月中{value}的月份排放超标",
        en="Discharge was above the limit in {value} of 12 months",
    ),
    DISCHARGES.one(
        "discharge_exceed_trend_6p",
        trend(monitored(total(EXCEEDING), periods(6)), monitored(total(EXCEEDING), periods(6, before=6))),
        label="近6个已公布月排放超标天数较前6个月变化",
        label_en="Change of days above the limit, last 6 published months on the 6 before",
        unit="change",
        sign=ADVERSE,
        code="DISCHARGE",
        zh="排放超标天数较前6个月变化{value}",
        en="Days above the limit changed by {value} on the 6 months before",
    ),
    DISCHARGES.one(
        "discharge_worst_month_12p",
        monitored(largest(EXCEEDING), periods(12)),
        label="近12个已公布月单月最多超标天数",
        label_en="Most days above the limit in one month, last 12 published",
        unit="days",
        sign=ADVERSE,
        code="DISCHARGE",
        zh="单月最多超标{value}天",
        en="At most {value} days above the limit in a month",
    ),
    DISCHARGES.one(
        "discharge_gap_days_12p",
        monitored(total(col("n_missing")), periods(12)),
        label="近12个已公布月监测数据缺失天数",
        label_en="Days without a reading of discharge, last 12 published months",
        unit="days",
        sign=ADVERSE,
        code="DISCHARGE-GAP",
        zh="近12个已公布月监测缺失{value}天",
        en="{value} days without a reading in 12 months",
    ),
    DISCHARGES.one(
        "discharge_gap_share_24p",
        ratio(monitored(count(), periods(24), col("n_missing") > 0, 0), monitored(count(), periods(24))),
        label="近24个已公布月有监测缺失的月份占比",
        label_en="Share of months with a gap in monitoring, last 24 published",
        unit="share",
        sign=ADVERSE,
        code="DISCHARGE-GAP",
        zh="近24个已公布月中{value}的月份有监测缺失",
        en="{value} of 24 months have a gap in monitoring",
    ),
    DISCHARGES.one(
        "discharge_months_monitored_24p",
        monitored(months_active(), periods(24)),
        label="近24个已公布月中有监测记录的月数",
        label_en="Months monitored among the last 24 published",
        unit="months",
        sign=NEUTRAL,
        code="DISCHARGE",
        zh="近24个已公布月中{value}个月有监测记录",
        en="{value} of 24 months were monitored",
    ),
)
