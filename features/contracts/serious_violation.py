"""F07 严重违法失信名单: enterprises listed by market regulation for serious violations."""

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


class SeriousViolation(Delivered):
    """F07: one record per enterprise, day of listing and authority. Publisher: market regulation, daily.

    Event date: the listing. Two levels of authority may list the same act.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    listed_on: pl.Date = pa.Field(title="列入日期")
    basis: str = pa.Field(title="列入依据")
    listed_by: str = pa.Field(title="作出列入决定机关")
    removed_on: pl.Date = pa.Field(nullable=True, title="移出日期", description="Missing while listed")

    happened = event_date_is("listed_on")
    removed = not_before("removed_on", "listed_on")


SERIOUS_VIOLATION = Contract(
    code="F07",
    name="严重违法失信名单",
    name_en="Serious-violation list",
    department="市场监管",
    schema=SeriousViolation,
    grain=("uscc", "listed_on", "listed_by"),
    cadence="daily",
    freshness_days=31,
    publish_lag_days=(5, 20),
    receive_lag_days=(1, 3),
    level="L1",
    controller="市场监督管理局",
    share_scope="public while listed",
    legal_basis="企业信息公示暂行条例第十七条; 市场监督管理严重违法失信名单管理办法",
    retention="while listed, at most 3 years from listing",
    act="被列入严重违法失信名单",
    openness="public",
    direction="veto",
    million_rows=0.15,
    use=Use(ended_by=("removed_on",), law="serious_list"),
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("listed on one day by two authorities", pl.col("listed_by").n_unique().over("uscc", "listed_on") > 1),
    ),
)
