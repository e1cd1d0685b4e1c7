"""F23 社保欠缴: social-insurance contributions owed."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
)
from features.contracts.use import Use


class InsuranceArrears(Delivered):
    """F23: one record per enterprise and month owed. Publisher: human resources bureau, monthly.

    Event date: day the balance was struck. Not every clearing is reported.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month owed")
    arrears_fen: pl.Int64 = pa.Field(ge=0, title="欠缴金额", description="Contributions owed, in fen")
    struck_on: pl.Date = pa.Field(title="结算日期", description="Day the balance was struck")
    cleared_on: pl.Date = pa.Field(nullable=True, title="补缴日期")

    happened = event_date_is("struck_on")
    owed = not_before("struck_on", "period")
    cleared = not_before("cleared_on", "struck_on")


INSURANCE_ARREARS = Contract(
    code="F23",
    name="社保欠缴",
    name_en="Social-insurance arrears",
    department="人社",
    schema=InsuranceArrears,
    grain=("uscc", "period"),
    cadence="monthly",
    publish_lag_days=(30, 90),
    receive_lag_days=(5, 20),
    level="L2",
    controller="人力资源和社会保障局",
    share_scope="by consent",
    legal_basis="社会保险法; 社会保险费征缴暂行条例",
    retention="until cleared, or struck where no clearing is told, and 5 years",
    act="欠缴社会保险费",
    openness="on application",
    direction="adverse",
    million_rows=1.2,
    use=Use(
        months=60,
        since="cleared_on",
        undated_months=60,
        question="Not every clearing is reported, so that the five years of a month paid up would never begin, and no "
        "record tells it from one owed still: they are counted from the day the balance was struck, which is never "
        "later, of both.",
    ),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("nothing owed and no day it was cleared", pl.col("arrears_fen").eq(0) & pl.col("cleared_on").is_null()),
    ),
)
