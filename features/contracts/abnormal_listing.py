"""F06 经营异常名录: enterprises listed because they did not report, could not be found, or hid the truth."""

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

ABNORMAL_REASONS = ("未年报", "失联", "虚假", "逾期")
NO_REPORT, LOST_CONTACT, FALSE_REPORT, OVERDUE = ABNORMAL_REASONS


class AbnormalListing(Delivered):
    """F06: one record per enterprise, day of listing and reason. Publisher: market regulation, daily.

    Event date: the listing. An enterprise that cured its fault may still lack the day it was removed.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    listed_on: pl.Date = pa.Field(title="列入日期")
    reason: str = pa.Field(isin=ABNORMAL_REASONS, title="列入事由")
    listed_by: str = pa.Field(title="作出列入决定机关")
    removed_on: pl.Date = pa.Field(nullable=True, title="移出日期", description="Missing while listed")
    removal_reason: str = pa.Field(nullable=True, title="移出事由")

    happened = event_date_is("listed_on")
    removed = not_before("removed_on", "listed_on")


ABNORMAL_LISTING = Contract(
    code="F06",
    name="经营异常名录",
    name_en="Abnormal-operation list",
    department="市场监管",
    schema=AbnormalListing,
    grain=("uscc", "listed_on", "reason"),
    cadence="daily",
    publish_lag_days=(3, 20),
    receive_lag_days=(1, 2),
    level="L1",
    controller="市场监督管理局",
    share_scope="public",
    legal_basis="企业信息公示暂行条例第十七条; 企业经营异常名录管理暂行办法",
    retention="until removed, or listed where the removal has no day, and 3 years",
    act="被列入经营异常名录",
    openness="public",
    direction="adverse",
    million_rows=2.6,
    use=Use(
        since="removed_on",
        law="abnormal_list",
        over_told_by="removal_reason",
        question="Of some removals the reason arrives and not the day, so that their three years would never begin: "
        "they are counted from the day of listing, which is never later. An entry without either still stands.",
    ),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("a removal without its day", pl.col("removal_reason").is_not_null() & pl.col("removed_on").is_null()),
    ),
)
