"""Tenancy (F51): whether an enterprise has rooms of its own to work in, how long it stays, and what it pays."""

from features.contracts.tenancy import TENANCY
from features.definitions.entry import Entry
from features.definitions.families import Family, months_back
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Feature,
    count,
    days_since_first,
    distinct,
    exists,
    ratio,
    smallest,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever, months

FAMILY = Family("《商品房屋租赁管理办法》;住建部门与园区租赁备案(F51)")
RUNNING = ~col("ends_on").is_known() | (col("ends_on") > AS_OF)
ROOMS = col("hosted").equals(False)
EVER = ever()


def leases(take: Aggregate, where: Condition | None, missing: int | None = 0, within: Window = EVER) -> Feature:
    return Feature(feed=TENANCY, take=take, within=within, where=where, missing=missing)


TENANCY_FEATURES: tuple[Entry, ...] = (
    FAMILY.one(
        "lease_running",
        leases(exists(), RUNNING & ROOMS),
        label="是否有在租场所(1为有)",
        label_en="Whether rooms are rented now (1 = yes)",
        unit="flag",
        sign=FAVOURABLE,
        code="LEASE",
        zh=("当前没有备案的在租场所", "当前有备案的在租场所"),
        en=("No lease of rooms is on record now", "A lease of rooms is on record"),
    ),
    FAMILY.one(
        "address_hosted",
        leases(exists(), RUNNING & col("hosted").equals(True)),
        label="当前是否使用托管地址(1为是)",
        label_en="Whether a hosted address is used now (1 = yes)",
        unit="flag",
        sign=ADVERSE,
        code="ADDRESS-HOSTED",
        zh=("当前使用托管地址", "当前未使用托管地址"),
        en=("A hosted address is used", "No hosted address is used"),
    ),
    FAMILY.one(
        "lease_area",
        leases(total(col("area_m2")), RUNNING & ROOMS, missing=None),
        label="在租面积(平方米)",
        label_en="Area rented now, square metres",
        unit="m2",
        sign=FAVOURABLE,
        code="LEASE-AREA",
        zh=("在租面积仅{value}平方米", "在租面积{value}平方米"),
        en=("Only {value} square metres are rented", "{value} square metres are rented"),
    ),
    FAMILY.one(
        "lease_rent_fen",
        leases(total(col("rent_fen")), RUNNING & ROOMS, missing=None),
        label="在租场所月租金合计",
        label_en="Monthly rent of the rooms rented now",
        unit="fen",
        sign=NEUTRAL,
        code="LEASE-RENT",
        zh="在租场所月租金合计{value}",
        en="The rooms cost {value} a month",
    ),
    FAMILY.one(
        "lease_rent_per_m2",
        ratio(
            leases(total(col("rent_fen")), RUNNING & ROOMS, missing=None),
            leases(total(col("area_m2")), RUNNING & ROOMS, missing=None),
        ),
        label="在租场所每平方米月租金",
        label_en="Monthly rent per square metre of the rooms rented now",
        unit="fen",
        sign=NEUTRAL,
        code="LEASE-PRICE",
        zh="在租场所每平方米月租金{value}",
        en="The rooms cost {value} a square metre and month",
    ),
    FAMILY.one(
        "lease_stay_days",
        leases(days_since_first(), RUNNING & ROOMS, missing=None),
        label="最早一份在租合同起租距今天数",
        label_en="Days since the oldest running lease began",
        unit="days",
        sign=FAVOURABLE,
        code="LEASE-STAY",
        zh=("现租场所起租仅{value}天", "现租场所已租{value}天"),
        en=("The rooms were taken only {value} days ago", "The rooms have been kept for {value} days"),
    ),
    *FAMILY.over(
        months_back(12, 36),
        "leases_begun_{span}",
        lambda within: leases(count(), ROOMS, within=within),
        label="{span}新租或续租次数",
        label_en="Leases begun in {span}",
        unit="leases",
        sign=NEUTRAL,
        code="LEASE-NEW",
        zh="{span}新租或续租{value}次",
        en="{value} leases began in {span}",
    ),
    FAMILY.one(
        "addresses_36m",
        leases(distinct(col("address")), ROOMS, within=months(36)),
        label="近36个月起租的不同地址数",
        label_en="Different addresses of leases begun in the last 36 months",
        unit="addresses",
        sign=ADVERSE,
        code="LEASE-MOVES",
        zh="近36个月租用过{value}处不同地址",
        en="{value} different addresses were rented in 36 months",
    ),
    FAMILY.one(
        "leases_ended_share",
        ratio(leases(count(), ROOMS & ~RUNNING), leases(count(), ROOMS)),
        label="可用租赁备案中已退租的占比",
        label_en="Share of the leases on record that have ended",
        unit="share",
        sign=ADVERSE,
        code="LEASE-ENDED",
        zh=("租赁备案中{value}已退租", "租赁备案中仅{value}已退租"),
        en=("{value} of the leases on record have ended", "Only {value} of the leases on record have ended"),
    ),
    FAMILY.one(
        "lease_smallest_area",
        leases(smallest(col("area_m2")), ROOMS, missing=None),
        label="可用租赁备案中最小面积(平方米)",
        label_en="Smallest area of the leases on record, square metres",
        unit="m2",
        sign=FAVOURABLE,
        code="LEASE-SMALLEST",
        zh=("曾租用的最小面积仅{value}平方米", "租用过的最小面积为{value}平方米"),
        en=("The smallest rooms had only {value} square metres", "The smallest rooms had {value} square metres"),
    ),
)
