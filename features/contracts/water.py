"""F48 用水月量: a month of water per account."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    SUBJECT_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    not_before,
    period_ends,
)
from features.contracts.use import Use


class Water(Delivered):
    """F48: one record per account and reading. Publisher: water supplier.

    Many accounts are read every second month: their reading covers two. An account may carry the holder's name alone.
    """

    account: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="用水户号")
    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="户名")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month read")
    months_covered: pl.Int32 = pa.Field(
        in_range={"min_value": 1, "max_value": 2}, title="抄表月数", description="Months the reading covers, 1 or 2"
    )
    m3: pl.Int64 = pa.Field(ge=0, title="用水量", description="Cubic metres")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="水费", description="In fen")
    due_on: pl.Date = pa.Field(title="应缴日期")
    paid_on: pl.Date = pa.Field(nullable=True, title="缴费日期")

    happened = event_date_is("period")
    ends = period_ends("period", "month")
    due = not_before("due_on", "period")


WATER = Contract(
    code="F48",
    name="用水月量",
    name_en="Water month",
    department="水务",
    schema=Water,
    grain=("account", "period"),
    cadence="monthly",
    publish_lag_days=(10, 30),
    receive_lag_days=(5, 20),
    level="L3",
    controller="水务局",
    share_scope="by consent, fields masked",
    legal_basis="城市供水条例; 征信业管理条例第二十一条",
    retention="3 years",
    act="按月用水与缴费",
    openness="closed",
    direction="favourable",
    million_rows=22,
    use=Use(months=36),
    period="month",
    name_column="name",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("water used and not charged", (pl.col("m3") > 0) & (pl.col("amount_fen") == 0)),
    ),
)
