"""Water and gas (F48, F49): use as a sign of work going on, and bills that are paid late or stay open."""

from features.contracts.contract import Contract
from features.contracts.gas import GAS
from features.contracts.water import WATER
from features.definitions.entry import Entry
from features.definitions.families import Family, published_months
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Aggregate,
    Definition,
    Feature,
    count,
    days_since_last,
    largest,
    mean,
    ratio,
    total,
    trend,
)
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, periods

WATER_FAMILY = Family("《城市供水条例》;供水企业用水月量(F48)")
GAS_FAMILY = Family("《城镇燃气管理条例》;燃气企业用气月量(F49)")
USED = col("m3") > 0
OPEN = ~col("paid_on").is_known() | (col("paid_on") > AS_OF)
OVERDUE = OPEN & (col("due_on") < AS_OF)
LATE = (col("paid_on").is_known() & (col("paid_on") > col("due_on"))) | OVERDUE


def metered(feed: Contract, take: Aggregate, within: Window, where: Condition | None = None) -> Feature:
    return Feature(feed=feed, take=take, within=within, where=where)


def bills(feed: Contract, within: Window, where: Condition | None = None) -> Feature:
    return Feature(feed=feed, take=count(), within=within, where=where, missing=0)


def _supplied(family: Family, feed: Contract, name: str, zh: str, bill: str, en: str) -> tuple[Entry, ...]:
    """What water and gas have in common. zh: the use, 用水; bill: what is billed, 水费."""

    def used(within: Window) -> Feature:
        return metered(feed, total(col("m3")), within)

    def change_on_last_year(within: Window) -> Definition:
        return trend(used(within), used(periods(within.length, before=12)))

    def late_share(within: Window) -> Definition:
        return ratio(bills(feed, within, LATE), bills(feed, within))

    def peak(within: Window) -> Definition:
        return ratio(metered(feed, largest(col("m3")), within), metered(feed, mean(col("m3")), within))

    code = name.upper()
    return (
        *family.over(
            published_months(3, 12),
            f"{name}_trend_{{span}}",
            change_on_last_year,
            label=f"{{span}}{zh}量同比变化",
            label_en=f"Change of {en} used in {{span}} on a year earlier",
            unit="change",
            sign=FAVOURABLE,
            code=f"{code}-TREND",
            zh=f"{{span}}{zh}量同比变化{{value}}",
            en=f"{en.capitalize()} used in {{span}} changed by {{value}} on a year earlier",
        ),
        family.one(
            f"{name}_level_6p",
            metered(feed, mean(col("m3")), periods(6)),
            label=f"近6个已公布月每次抄表平均{zh}量(立方米)",
            label_en=f"Mean {en} per reading in the last 6 published months, cubic metres",
            unit="m3",
            sign=FAVOURABLE,
            code=f"{code}-LEVEL",
            zh=(f"近6个月每次抄表平均{zh}仅{{value}}立方米", f"近6个月每次抄表平均{zh}{{value}}立方米"),
            en=(f"Only {{value}} m3 of {en} per reading in 6 months", f"{{value}} m3 of {en} per reading in 6 months"),
        ),
        *family.over(
            published_months(6, 24),
            f"{name}_late_share_{{span}}",
            late_share,
            label=f"{{span}}逾期或未按时缴纳的{bill}账单占比",
            label_en=f"Share of {en} bills in {{span}} paid late or overdue",
            unit="share",
            sign=ADVERSE,
            code=f"{code}-PAYMENT",
            zh=(f"{{span}}{bill}账单逾期占{{value}}", f"{{span}}{bill}账单逾期仅占{{value}}"),
            en=(
                f"{{value}} of {en} bills in {{span}} were paid late or are overdue",
                f"Only {{value}} of {en} bills in {{span}} were paid late or are overdue",
            ),
        ),
        family.one(
            f"{name}_overdue_fen",
            Feature(feed=feed, take=total(col("amount_fen")), within=periods(24), where=OVERDUE, missing=0),
            label=f"近24个已公布月{bill}当前逾期未缴金额",
            label_en=f"Overdue {en} bills of the last 24 published months still unpaid",
            unit="fen",
            sign=ADVERSE,
            code=f"{code}-OVERDUE",
            zh=f"当前逾期未缴{bill}{{value}}",
            en=f"Overdue {en} bills of {{value}} are unpaid",
        ),
        family.one(
            f"{name}_long_overdue_fen",
            Feature(feed=feed, take=total(col("amount_fen")), within=periods(24, before=6), where=OPEN, missing=0),
            label=f"6个以上已公布月之前的{bill}未缴金额",
            label_en=f"Bills for {en} more than 6 published months old and still unpaid",
            unit="fen",
            sign=ADVERSE,
            code=f"{code}-OVERDUE",
            zh=f"半年以前的{bill}未缴{{value}}",
            en=f"Bills for {en} of {{value}} are more than half a year old and unpaid",
        ),
        family.one(
            f"{name}_peak_12p",
            peak(periods(12)),
            label=f"近12个已公布月最高{zh}量与平均之比",
            label_en=f"Largest over mean reading of {en}, last 12 published months",
            unit="times",
            sign=ADVERSE,
            code=f"{code}-SWING",
            zh=(f"{zh}起伏大,最高为平均的{{value}}倍", f"{zh}平稳,最高为平均的{{value}}倍"),
            en=(
                f"{en.capitalize()} use swings: the largest reading is {{value}} times the mean",
                f"{en.capitalize()} use is steady: the largest reading is {{value}} times the mean",
            ),
        ),
        family.one(
            f"{name}_days_since_use",
            Feature(feed=feed, take=days_since_last(), within=periods(24), where=USED),
            label=f"最近一次{zh}距今天数(近24个已公布月)",
            label_en=f"Days since {en} was last used, within the last 24 published months",
            unit="days",
            sign=ADVERSE,
            code=f"{code}-IDLE",
            zh=(f"已有{{value}}天没有{zh}记录", f"最近一次{zh}记录在{{value}}天前"),
            en=(f"No {en} was metered for {{value}} days", f"{en.capitalize()} was metered {{value}} days ago"),
        ),
    )


WATER_GAS_FEATURES = (
    *_supplied(WATER_FAMILY, WATER, "water", "用水", "水费", "water"),
    WATER_FAMILY.one(
        "water_active_share_12p",
        ratio(
            Feature(feed=WATER, take=total(col("months_covered")), within=periods(12), where=USED, missing=0),
            metered(WATER, total(col("months_covered")), periods(12)),
        ),
        label="近12个已公布月有用水的月份占抄表月份之比",
        label_en="Share of the months read with water used, last 12 published months",
        unit="share",
        sign=FAVOURABLE,
        code="WATER-ACTIVE",
        zh=("近12个月仅{value}的月份有用水", "近12个月{value}的月份有用水"),
        en=("Water was used in only {value} of 12 months", "Water was used in {value} of 12 months"),
    ),
    *_supplied(GAS_FAMILY, GAS, "gas", "用气", "燃气费", "gas"),
    GAS_FAMILY.one(
        "gas_active_share_12p",
        ratio(bills(GAS, periods(12), USED), bills(GAS, periods(12))),
        label="近12个已公布月有用气的月份占抄表月份之比",
        label_en="Share of the months read with gas used, last 12 published months",
        unit="share",
        sign=FAVOURABLE,
        code="GAS-ACTIVE",
        zh=("近12个月仅{value}的月份有用气", "近12个月{value}的月份有用气"),
        en=("Gas was used in only {value} of 12 months", "Gas was used in {value} of 12 months"),
    ),
)
