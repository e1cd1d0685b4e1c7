"""Property (F50): what an enterprise owns to stand by its debts, and how much of it already does."""

from features.contracts.real_estate import MORTGAGE, OWNERSHIP, REAL_ESTATE
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
    days_since_last,
    difference,
    distinct,
    exists,
    largest,
    ratio,
    total,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, ever

FAMILY = Family("《不动产登记暂行条例》;自然资源部门不动产登记与抵押(F50)")
IN_FORCE = ~col("ends_on").is_known() | (col("ends_on") > AS_OF)
OVER = col("ends_on").is_known() & (col("ends_on") <= AS_OF)
OWNED = col("right_kind").equals(OWNERSHIP)
PLEDGED = col("right_kind").equals(MORTGAGE)
TO_WORK_IN = col("purpose").one_of("工业", "商业", "办公", "仓储")
EVER = ever()
ALONE = col("share_bp").equals(10_000)


def rights(take: Aggregate, where: Condition, missing: int | None = 0, within: Window = EVER) -> Feature:
    return Feature(feed=REAL_ESTATE, take=take, within=within, where=where, missing=missing)


REAL_ESTATE_FEATURES: tuple[Entry, ...] = (
    FAMILY.one(
        "property_owned_count",
        rights(count(), OWNED & IN_FORCE),
        label="现有不动产宗数",
        label_en="Properties owned",
        unit="properties",
        sign=FAVOURABLE,
        code="PROPERTY",
        zh=("名下不动产{value}宗", "名下不动产{value}宗"),
        en="{value} properties are owned",
    ),
    FAMILY.one(
        "property_owned_area",
        rights(total(col("area_m2")), OWNED & IN_FORCE & ALONE),
        label="现有单独所有的不动产面积(平方米)",
        label_en="Area of properties owned alone, square metres",
        unit="m2",
        sign=FAVOURABLE,
        code="PROPERTY",
        zh="名下单独所有不动产{value}平方米",
        en="{value} square metres of property are owned alone",
    ),
    FAMILY.one(
        "property_working_area",
        rights(largest(col("area_m2")), OWNED & IN_FORCE & TO_WORK_IN),
        label="现有最大一宗经营用不动产面积(平方米)",
        label_en="Area of the largest property owned to work in, square metres",
        unit="m2",
        sign=FAVOURABLE,
        code="PROPERTY-WORKING",
        zh="最大一宗经营用不动产{value}平方米",
        en="The largest property to work in has {value} square metres",
    ),
    FAMILY.one(
        "property_held_days",
        rights(days_since_first(), OWNED & IN_FORCE, missing=None),
        label="现有不动产最早登记距今天数",
        label_en="Days since the oldest property still owned was registered",
        unit="days",
        sign=FAVOURABLE,
        code="PROPERTY-HELD",
        zh=("最早的现有不动产登记仅{value}天", "最早的现有不动产已登记{value}天"),
        en=("The oldest property was registered only {value} days ago", "Property has been held for {value} days"),
    ),
    FAMILY.one(
        "property_sold_count",
        rights(count(), OWNED & OVER),
        label="已转移或注销的不动产宗数",
        label_en="Properties transferred or given up",
        unit="properties",
        sign=ADVERSE,
        code="PROPERTY-SOLD",
        zh="已转移或注销不动产{value}宗",
        en="{value} properties were transferred or given up",
    ),
    FAMILY.one(
        "property_sealed",
        rights(exists(), OWNED & IN_FORCE & col("sealed").equals(True)),
        label="现有不动产是否被查封(1为查封)",
        label_en="Whether a property owned is sealed (1 = sealed)",
        unit="flag",
        sign=ADVERSE,
        code="PROPERTY-SEALED",
        zh=("名下不动产被查封", "名下不动产未被查封"),
        en=("A property is sealed", "No property is sealed"),
    ),
    FAMILY.one(
        "property_common_share",
        ratio(rights(count(), OWNED & IN_FORCE & (col("share_bp") < 10_000)), rights(count(), OWNED & IN_FORCE)),
        label="现有不动产中与他人共有的占比",
        label_en="Share of properties held in common with others",
        unit="share",
        sign=NEUTRAL,
        code="PROPERTY-COMMON",
        zh="现有不动产中共有的占{value}",
        en="{value} of properties are held in common",
    ),
    FAMILY.one(
        "mortgage_open_fen",
        rights(total(col("mortgage_fen")), PLEDGED & IN_FORCE),
        label="未注销抵押担保的债权数额",
        label_en="Debt secured by mortgages in force",
        unit="fen",
        sign=ADVERSE,
        code="MORTGAGE",
        zh="未注销抵押担保债权{value}",
        en="Mortgages in force secure {value}",
    ),
    FAMILY.one(
        "mortgage_largest_fen",
        rights(largest(col("mortgage_fen")), PLEDGED),
        label="历次抵押单笔最高债权数额",
        label_en="Largest debt ever secured by one mortgage",
        unit="fen",
        sign=NEUTRAL,
        code="MORTGAGE-LARGEST",
        zh="单笔抵押最高{value}",
        en="The largest mortgage was {value}",
    ),
    FAMILY.one(
        "mortgaged_share",
        ratio(
            rights(distinct(col("cert_no_hash")), PLEDGED & IN_FORCE),
            rights(distinct(col("cert_no_hash")), OWNED & IN_FORCE),
        ),
        label="登记在抵押的不动产与现有不动产之比",
        label_en="Properties with a mortgage on record over properties owned",
        unit="share",
        sign=ADVERSE,
        code="MORTGAGED-SHARE",
        zh=("登记在抵押的不动产相当于现有不动产的{value}", "登记在抵押的不动产仅相当于现有不动产的{value}"),
        en=(
            "Properties with a mortgage on record are {value} of those owned",
            "Properties with a mortgage on record are only {value} of those owned",
        ),
    ),
    FAMILY.one(
        "property_free_count",
        difference(
            rights(distinct(col("cert_no_hash")), OWNED & IN_FORCE),
            rights(distinct(col("cert_no_hash")), PLEDGED & IN_FORCE),
        ),
        label="现有不动产宗数减登记在抵押的宗数",
        label_en="Properties owned less those with a mortgage on record",
        unit="properties",
        sign=FAVOURABLE,
        code="PROPERTY-FREE",
        zh="现有不动产减去登记在抵押的,余{value}宗",
        en="Properties owned less those with a mortgage on record: {value}",
    ),
    FAMILY.one(
        "mortgagees",
        rights(distinct(col("mortgagee")), PLEDGED & IN_FORCE),
        label="现有抵押权人家数",
        label_en="Different lenders that hold mortgages in force",
        unit="lenders",
        sign=ADVERSE,
        code="MORTGAGEES",
        zh="现有抵押权人{value}家",
        en="{value} lenders hold mortgages in force",
    ),
    FAMILY.one(
        "mortgage_days_since_last",
        rights(days_since_last(), PLEDGED, missing=None),
        label="最近一次抵押登记距今天数",
        label_en="Days since the last mortgage was registered",
        unit="days",
        sign=FAVOURABLE,
        code="MORTGAGE-LAST",
        zh=("最近一次抵押仅在{value}天前", "最近一次抵押已过{value}天"),
        en=("A mortgage was registered only {value} days ago", "The last mortgage was registered {value} days ago"),
    ),
    *FAMILY.over(
        months_back(6, 24),
        "mortgage_new_fen_{span}",
        lambda within: rights(total(col("mortgage_fen")), PLEDGED, within=within),
        label="{span}新增抵押担保的债权数额",
        label_en="Debt secured by mortgages registered in {span}",
        unit="fen",
        sign=ADVERSE,
        code="MORTGAGE-NEW",
        zh="{span}新增抵押担保债权{value}",
        en="Mortgages registered in {span} secure {value}",
    ),
    FAMILY.one(
        "mortgage_released_share",
        ratio(rights(count(), PLEDGED & OVER), rights(count(), PLEDGED)),
        label="历次抵押中已注销的占比",
        label_en="Share of mortgages that have been released",
        unit="share",
        sign=FAVOURABLE,
        code="MORTGAGE-RELEASED",
        zh=("历次抵押仅{value}已注销", "历次抵押{value}已注销"),
        en=("Only {value} of mortgages were released", "{value} of mortgages were released"),
    ),
)
