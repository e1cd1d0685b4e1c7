"""Social insurance by month (F22): how many people are insured, who leaves, and whether contributions are paid."""

from features.contracts.social_insurance import SOCIAL_INSURANCE
from features.definitions.entry import Entry
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    Feature,
    Reason,
    difference,
    latest,
    mean,
    ratio,
    total,
    trend,
)
from features.engine.rows import Expression, col
from features.engine.windows import Window, periods

REFERENCE = "《社会保险费征缴暂行条例》;人社、税务部门社保月缴费(F22)"
INSURED = col("insured_n")


def insured_total(value: Expression, within: Window) -> Feature:
    return Feature(feed=SOCIAL_INSURANCE, take=total(value), within=within)


def insured_mean(within: Window) -> Feature:
    return Feature(feed=SOCIAL_INSURANCE, take=mean(INSURED), within=within)


SOCIAL_INSURANCE_FEATURES = (
    Entry(
        name="insured_staff",
        definition=Feature(feed=SOCIAL_INSURANCE, take=latest(INSURED), within=periods(3), missing=0),
        label="最近已公布月参保人数(3个月内)",
        label_en="Insured staff in the newest published month, at most 3 months back",
        unit="people",
        sign=FAVOURABLE,
        reason=Reason(
            "STAFF-LEVEL",
            adverse="最近参保人数仅{value}人",
            favourable="最近参保人数{value}人",
            adverse_en="Only {value} people are insured",
            favourable_en="{value} people are insured",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="insured_trend_3p",
        definition=trend(insured_mean(periods(3)), insured_mean(periods(3, before=9))),
        label="近3个已公布月平均参保人数较9个月前变化",
        label_en="Change of insured staff, last 3 published months on 3 months nine months earlier",
        unit="change",
        sign=FAVOURABLE,
        reason=Reason(
            "STAFF-TREND",
            adverse="平均参保人数较9个月前变化{value}",
            favourable="平均参保人数较9个月前变化{value}",
            adverse_en="Insured staff changed by {value} in nine months",
            favourable_en="Insured staff changed by {value} in nine months",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="staff_net_leaving_6p",
        definition=ratio(
            difference(insured_total(col("left_n"), periods(6)), insured_total(col("new_n"), periods(6))),
            insured_mean(periods(6)),
        ),
        label="近6个已公布月净减员人数与平均参保人数之比",
        label_en="Staff leaving less joining over average insured staff, last 6 published months",
        unit="change",
        sign=ADVERSE,
        reason=Reason(
            "STAFF-LEAVING",
            adverse="近6个月净减员率{value}",
            favourable="近6个月净减员率为{value}(负值为净增员)",
            adverse_en="Net leaving in 6 months is {value} of staff",
            favourable_en="Net leaving in 6 months is {value} of staff (below zero: more joined than left)",
        ),
        reference=REFERENCE,
    ),
    Entry(
        name="social_insurance_paid_share_6p",
        definition=ratio(insured_total(col("paid_fen"), periods(6)), insured_total(col("payable_fen"), periods(6))),
        label="近6个已公布月社保费实缴率",
        label_en="Share of social-insurance contributions paid, last 6 published months",
        unit="share",
        sign=FAVOURABLE,
        reason=Reason(
            "STAFF-CONTRIBUTIONS",
            adverse="近6个月社保费实缴率仅{value}",
            favourable="近6个月社保费实缴率{value}",
            adverse_en="Only {value} of contributions were paid in 6 months",
            favourable_en="{value} of contributions were paid in 6 months",
        ),
        reference=REFERENCE,
    ),
)
