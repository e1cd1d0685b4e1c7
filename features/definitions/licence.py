"""Administrative licences (F33): what a firm may do, what it has lost, and whether it keeps its permissions alive."""

from features.contracts.licence import LICENCE
from features.definitions.entry import CL0, Entry
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
    distinct,
    months_active,
    ratio,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import EVER, Window, months

LICENCES = Family("《中华人民共和国行政许可法》;各部门行政许可(F33)", CL0)

VALID = col("status").equals("有效") & (~col("to_on").is_known() | (col("to_on") >= AS_OF))
"""The last day of a licence still belongs to it."""


def licensed(
    take: Aggregate, within: Window = EVER, where: Condition | None = None, missing: int | None = 0
) -> Feature:
    return Feature(feed=LICENCE, take=take, within=within, where=where, missing=missing)


LICENCE_FEATURES: tuple[Entry, ...] = (
    LICENCES.one(
        "licences_valid",
        licensed(count(), where=VALID),
        label="有效行政许可数量",
        label_en="Licences in force",
        unit="licences",
        sign=FAVOURABLE,
        code="LICENCE",
        zh=("有效行政许可仅{value}项", "有效行政许可{value}项"),
        en=("Only {value} licences are in force", "{value} licences are in force"),
    ),
    LICENCES.one(
        "licence_items_valid",
        licensed(distinct(col("item")), where=VALID),
        label="有效行政许可事项种数",
        label_en="Different items licensed and in force",
        unit="items",
        sign=FAVOURABLE,
        code="LICENCE",
        zh=("有效许可事项仅{value}种", "有效许可事项{value}种"),
        en=("Only {value} different items are licensed", "{value} different items are licensed"),
    ),
    LICENCES.one(
        "licence_departments_valid",
        licensed(distinct(col("org")), where=VALID),
        label="有效行政许可涉及部门数",
        label_en="Departments whose licences are in force",
        unit="departments",
        sign=FAVOURABLE,
        code="LICENCE",
        zh="有效许可来自{value}个部门",
        en="Licences in force come from {value} departments",
    ),
    LICENCES.one(
        "licences_without_end",
        licensed(count(), where=VALID & ~col("to_on").is_known()),
        label="长期有效行政许可数量",
        label_en="Licences in force without an end",
        unit="licences",
        sign=FAVOURABLE,
        code="LICENCE",
        zh="长期有效许可{value}项",
        en="{value} licences are in force without an end",
    ),
    *LICENCES.over(
        months_back(12, 36),
        "licences_{span}",
        lambda within: licensed(count(), within),
        label="{span}取得行政许可数量",
        label_en="Licences granted in {span}",
        unit="licences",
        sign=FAVOURABLE,
        code="LICENCE",
        zh="{span}取得行政许可{value}项",
        en="{value} licences were granted in {span}",
    ),
    LICENCES.one(
        "licences_expired",
        licensed(count(), where=col("to_on") < AS_OF),
        label="已到期行政许可数量",
        label_en="Licences whose term is over",
        unit="licences",
        sign=NEUTRAL,
        code="LICENCE-EXPIRED",
        zh="已到期许可{value}项",
        en="{value} licences have expired",
    ),
    LICENCES.one(
        "licence_valid_share",
        ratio(licensed(count(), where=VALID), licensed(count(), missing=None)),
        label="行政许可有效率",
        label_en="Share of licences in force",
        unit="share",
        sign=FAVOURABLE,
        code="LICENCE-EXPIRED",
        zh="行政许可有效率{value}",
        en="{value} of licences are in force",
    ),
    LICENCES.one(
        "licences_lost",
        licensed(count(), where=col("status").one_of("撤销", "吊销")),
        label="被撤销、吊销的行政许可数量",
        label_en="Licences withdrawn or revoked",
        unit="licences",
        sign=ADVERSE,
        code="LICENCE-LOST",
        zh="被撤销、吊销许可{value}项",
        en="{value} licences were withdrawn or revoked",
    ),
    LICENCES.one(
        "licences_given_up_36m",
        licensed(count(), months(36), col("status").equals("注销")),
        label="近36个月取得后注销的行政许可数量",
        label_en="Licences of the last 36 months given up since",
        unit="licences",
        sign=ADVERSE,
        code="LICENCE-LOST",
        zh="近36个月取得的许可已注销{value}项",
        en="{value} licences of 36 months were given up",
    ),
    LICENCES.one(
        "licence_days_since_last",
        licensed(days_since_last(), missing=None),
        label="距最近一次取得行政许可天数",
        label_en="Days since the last licence was granted",
        unit="days",
        sign=ADVERSE,
        code="LICENCE",
        zh="最近一次取得许可距今{value}天",
        en="The last licence was granted {value} days ago",
    ),
    LICENCES.one(
        "licence_days_since_first",
        licensed(days_since_first(), missing=None),
        label="首次取得行政许可距今天数",
        label_en="Days since the first licence on record",
        unit="days",
        sign=FAVOURABLE,
        code="LICENCE",
        zh="首次取得许可距今{value}天",
        en="The first licence dates back {value} days",
    ),
    LICENCES.one(
        "licence_trend_24m",
        trend(licensed(count(), months(24), missing=None), licensed(count(), months(24, before=24), missing=None)),
        label="近24个月取得行政许可数较前24个月变化",
        label_en="Change of licences granted, last 24 months on the 24 before",
        unit="change",
        sign=FAVOURABLE,
        code="LICENCE",
        zh="取得许可数较前24个月变化{value}",
        en="Licences granted changed by {value} on the 24 months before",
    ),
    LICENCES.one(
        "licence_months_active_24m",
        licensed(months_active(), months(24)),
        label="近24个月取得行政许可的自然月数",
        label_en="Calendar months with a licence granted in the last 24 months",
        unit="months",
        sign=FAVOURABLE,
        code="LICENCE",
        zh="近24个月有{value}个自然月取得许可",
        en="Licences were granted in {value} calendar months within 24 months",
    ),
)
