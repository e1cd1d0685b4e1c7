"""Road transport violations (F43): how often, how grave, by how many vehicles."""

from features.contracts.transport_violation import TRANSPORT_VIOLATION
from features.definitions.entry import Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Feature,
    count,
    days_since_last,
    distinct,
    largest,
    mean,
    months_active,
    ratio,
    total,
    trend,
)
from features.engine.rows import Condition, col
from features.engine.windows import Window, months

ROADS = Family("《中华人民共和国道路运输条例》;交通运输部门道路运输违法(F43)")

POINTS = col("points")
OVERLOADED = col("act").equals("超限超载")


def caught(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=TRANSPORT_VIOLATION, take=take, within=within, where=where, missing=missing)


TRANSPORT_FEATURES: tuple[Entry, ...] = (
    *ROADS.over(
        months_back(6, 24),
        "transport_violations_{span}",
        lambda within: caught(count(), within),
        label="{span}道路运输违法次数",
        label_en="Road transport violations in {span}",
        unit="violations",
        sign=ADVERSE,
        code="TRANSPORT",
        zh="{span}道路运输违法{value}次",
        en="{value} road transport violations in {span}",
    ),
    ROADS.one(
        "transport_points_12m",
        caught(total(POINTS), months(12)),
        label="近12个月道路运输违法记分",
        label_en="Points for road transport violations in the last 12 months",
        unit="points",
        sign=ADVERSE,
        code="TRANSPORT",
        zh="近12个月道路运输违法记{value}分",
        en="{value} points for road transport violations in 12 months",
    ),
    ROADS.one(
        "transport_mean_points_24m",
        caught(mean(POINTS), months(24), missing=None),
        label="近24个月平均每次道路运输违法记分",
        label_en="Mean points per road transport violation, last 24 months",
        unit="points",
        sign=ADVERSE,
        code="TRANSPORT",
        zh="近24个月平均每次违法记{value}分",
        en="{value} points per violation in 24 months",
    ),
    ROADS.one(
        "transport_worst_points_36m",
        caught(largest(POINTS), months(36)),
        label="近36个月单次道路运输违法最高记分",
        label_en="Most points for one road transport violation, last 36 months",
        unit="points",
        sign=ADVERSE,
        code="TRANSPORT",
        zh="单次违法最高记{value}分",
        en="At most {value} points for one violation",
    ),
    ROADS.one(
        "transport_vehicles_24m",
        caught(distinct(col("plate_hash")), months(24)),
        label="近24个月违法车辆数",
        label_en="Vehicles caught in the last 24 months",
        unit="vehicles",
        sign=ADVERSE,
        code="TRANSPORT-FLEET",
        zh="近24个月有{value}辆车违法",
        en="{value} vehicles were caught in 24 months",
    ),
    ROADS.one(
        "transport_violations_per_vehicle_24m",
        ratio(caught(count(), months(24), missing=None), caught(distinct(col("plate_hash")), months(24), missing=None)),
        label="近24个月平均每辆违法车违法次数",
        label_en="Violations per vehicle caught, last 24 months",
        unit="violations",
        sign=ADVERSE,
        code="TRANSPORT-FLEET",
        zh="近24个月平均每辆违法车违法{value}次",
        en="{value} violations per vehicle caught in 24 months",
    ),
    ROADS.one(
        "transport_overloads_24m",
        caught(count(), months(24), OVERLOADED),
        label="近24个月超限超载次数",
        label_en="Overloaded journeys caught in the last 24 months",
        unit="violations",
        sign=ADVERSE,
        code="TRANSPORT-OVERLOAD",
        zh="近24个月超限超载{value}次",
        en="{value} overloaded journeys in 24 months",
    ),
    ROADS.one(
        "transport_overload_share_36m",
        ratio(caught(count(), months(36), OVERLOADED), caught(count(), months(36), missing=None)),
        label="近36个月超限超载占道路运输违法比例",
        label_en="Share of overloading in road transport violations, last 36 months",
        unit="share",
        sign=ADVERSE,
        code="TRANSPORT-OVERLOAD",
        zh="近36个月违法中超限超载占{value}",
        en="{value} of violations in 36 months are overloads",
    ),
    ROADS.one(
        "transport_unlicensed_36m",
        caught(count(), months(36), col("act").equals("无证经营")),
        label="近36个月道路运输无证经营次数",
        label_en="Unlicensed transport caught in the last 36 months",
        unit="violations",
        sign=ADVERSE,
        code="TRANSPORT-UNLICENSED",
        zh="近36个月无证经营{value}次",
        en="Caught {value} times without a licence in 36 months",
    ),
    ROADS.one(
        "transport_violation_trend_12m",
        trend(caught(count(), months(12)), caught(count(), months(12, before=12), missing=None)),
        label="近12个月道路运输违法次数较前12个月变化",
        label_en="Change of road transport violations, last 12 months on the 12 before",
        unit="change",
        sign=ADVERSE,
        code="TRANSPORT",
        zh="道路运输违法次数较前12个月变化{value}",
        en="Violations changed by {value} on the 12 months before",
    ),
    ROADS.one(
        "transport_days_since_last",
        caught(days_since_last(), months(36), missing=None),
        label="距最近一次道路运输违法天数(36个月内)",
        label_en="Days since the last road transport violation, at most 36 months back",
        unit="days",
        sign=FAVOURABLE,
        code="TRANSPORT",
        zh="最近一次道路运输违法距今{value}天",
        en="The last road transport violation was {value} days ago",
    ),
    ROADS.one(
        "transport_months_active_24m",
        caught(months_active(), months(24)),
        label="近24个月有道路运输违法的自然月数",
        label_en="Calendar months with a road transport violation in the last 24 months",
        unit="months",
        sign=ADVERSE,
        code="TRANSPORT",
        zh="近24个月有{value}个自然月发生违法",
        en="Violations in {value} calendar months within 24 months",
    ),
)
