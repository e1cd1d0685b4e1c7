"""F08 注销吊销: how and when enterprises leave the register."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import PUBLISHED_BEFORE_EVENT, USCC_PATTERN, Contract, Delivered, Doubt

DEREGISTRATION_KINDS = ("注销", "吊销")
CANCELLED, REVOKED = DEREGISTRATION_KINDS


class Deregistration(Delivered):
    """F08: one record per enterprise, kind and day. Publisher: market regulation, daily.

    Event date: the day in `ended_on`; where a revocation came without one, the day it was entered.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    kind: str = pa.Field(isin=DEREGISTRATION_KINDS, title="类别")
    ended_on: pl.Date = pa.Field(nullable=True, title="注销或吊销日期")
    reason: str = pa.Field(nullable=True, title="事由")
    simple_flag: bool = pa.Field(title="是否简易注销")

    @pa.dataframe_check(name="event_date must equal ended_on")
    @classmethod
    def happened(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("event_date") == pl.coalesce("ended_on", "event_date"))

    @pa.dataframe_check(name="a revocation is no simple cancellation")
    @classmethod
    def revoked_is_not_simple(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("kind") == CANCELLED) | ~pl.col("simple_flag"))


DEREGISTRATION = Contract(
    code="F08",
    name="注销吊销",
    name_en="Cancellation and revocation",
    department="市场监管",
    schema=Deregistration,
    grain=("uscc", "kind", "event_date"),
    cadence="daily",
    publish_lag_days=(1, 5),
    receive_lag_days=(1, 2),
    level="L1",
    controller="市场监督管理局",
    share_scope="public",
    legal_basis="公司法; 市场主体登记管理条例",
    retention="permanent",
    act="注销登记或被吊销营业执照",
    openness="public",
    direction="adverse",
    million_rows=1.3,
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("the day it ended is missing", pl.col("ended_on").is_null())),
)
