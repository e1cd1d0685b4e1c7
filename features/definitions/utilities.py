"""Electricity (F46, F47): use as a sign of work going on, and bills that stay open."""

from features.contracts.electricity import ELECTRICITY
from features.contracts.power_arrears import POWER_ARREARS
from features.definitions.entry import Entry
from features.engine.algebra import ADVERSE, FAVOURABLE, Feature, Reason, count, ratio, total, trend
from features.engine.rows import AS_OF, Condition, col
from features.engine.windows import Window, months, periods

REFERENCE = "《电力供应与使用条例》;供电企业用电月量(F46)"


def power_used(within: Window) -> Feature:
    return Feature(feed=ELECTRICITY, take=total(col("kwh")), within=within)


def bills(where: Condition | None = None) -> Feature:
    return Feature(feed=ELECTRICITY, take=count(), within=periods(6), where=where, missing=0)


UTILITIES_FEATURES = (
    Entry(
        name="power_trend_6p",
        definition=trend(power_used(periods(6)), power_used(periods(6, before=12))),
        label="近6个已公布月用电量同比",
        label_en="Change of electricity used, last 6 published months on the same months a year earlier",
        unit="change",
        sign=FAVOURABLE,
        reason=Reason(
            "POWER-TREND",
            adverse="近6个月用电量同比变化{value}",
            favourable="近6个月用电量同比变化{value}",
            adverse_en="Electricity use changed by {value} year on year",
            favourable_en="Electricity use changed by {value} year on year",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="power_unpaid_share_6p",
        definition=ratio(bills(~col("paid_on").is_known() | (col("paid_on") > AS_OF)), bills()),
        label="近6个已公布月未付电费账单占比",
        label_en="Share of electricity bills of the last 6 published months not paid",
        unit="share",
        sign=ADVERSE,
        reason=Reason(
            "POWER-PAYMENT",
            adverse="近6个月电费账单未付{value}",
            favourable="近6个月电费账单未付仅{value}",
            adverse_en="{value} of electricity bills of 6 months are unpaid",
            favourable_en="Only {value} of electricity bills of 6 months are unpaid",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="power_arrears_count_24m",
        definition=Feature(
            feed=POWER_ARREARS,
            take=count(),
            within=months(24),
            where=~col("justified").equals(True),
            missing=0,
        ),
        label="近24个月无正当理由的欠费(催缴逾6个月仍未结清)、窃电、违约用电次数",
        label_en="Power arrears (unpaid 6 months after dunning), thefts, breaches of 24 months, without good reason",
        unit="records",
        sign=ADVERSE,
        reason=Reason(
            "POWER-ARREARS",
            adverse="近24个月欠费、窃电或违约用电{value}次",
            favourable="近24个月欠费、窃电或违约用电{value}次",
            adverse_en="{value} power arrears, thefts or breaches in 24 months",
            favourable_en="{value} power arrears, thefts or breaches in 24 months",
        ),
        reference="《电力供应与使用条例》;供电企业欠费窃电违约用电(F47)",
    ),
)
