"""F49 用气月量: a month of gas per account."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    SUBJECT_PATTERN,
    Contract,
    Delivered,
    event_date_is,
    not_before,
    period_ends,
)
from features.contracts.use import Use


class Gas(Delivered):
    """F49: one record per account and month. Publisher: gas supplier. An account may carry the holder's name alone."""

    account: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="用气户号")
    uscc: str = pa.Field(nullable=True, str_matches=SUBJECT_PATTERN, title="统一社会信用代码")
    name: str = pa.Field(str_length={"min_value": 1, "max_value": 200}, title="户名")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    m3: pl.Int64 = pa.Field(ge=0, title="用气量", description="Cubic metres")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="气费", description="In fen")
    due_on: pl.Date = pa.Field(title="应缴日期")
    paid_on: pl.Date = pa.Field(nullable=True, title="缴费日期")

    happened = event_date_is("period")
    ends = period_ends("period", "month")
    due = not_before("due_on", "period")


GAS = Contract(
    code="F49",
    name="用气月量",
    name_en="Gas month",
    department="燃气",
    schema=Gas,
    grain=("account", "period"),
    cadence="monthly",
    publish_lag_days=(10, 30),
    receive_lag_days=(5, 20),
    level="L3",
    controller="燃气集团",
    share_scope="by consent, fields masked",
    legal_basis="城镇燃气管理条例; 征信业管理条例第二十一条",
    retention="3 years",
    act="按月用气与缴费",
    openness="closed",
    direction="favourable",
    million_rows=3,
    use=Use(months=36),
    period="month",
    name_column="name",
)
