"""F39 排污许可与监测: a month of monitored discharge under a permit."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import (
    PUBLISHED_BEFORE_EVENT,
    USCC_PATTERN,
    Contract,
    Delivered,
    Doubt,
    event_date_is,
    period_ends,
)
from features.contracts.use import Use

READINGS = 31
"""Daily means in the longest month."""


class Discharge(Delivered):
    """F39: one record per enterprise and month. Publisher: ecology and environment bureau, monthly.

    Event date: last day of the month. Sensors fail: days without a reading say nothing about discharge.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    permit_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="排污许可证编号")
    month: pl.Date = pa.Field(title="监测月份", description="Last day of the month")
    n_exceed: pl.Int32 = pa.Field(
        in_range={"min_value": 0, "max_value": READINGS}, title="超标天数", description="Days above the limit"
    )
    n_missing: pl.Int32 = pa.Field(
        in_range={"min_value": 0, "max_value": READINGS}, title="缺失天数", description="Days without a reading"
    )

    happened = event_date_is("month")
    ends = period_ends("month", "month")

    @pa.dataframe_check(name="n_exceed and n_missing must fit in the month")
    @classmethod
    def days_fit(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("n_exceed") + pl.col("n_missing") <= READINGS)


DISCHARGE = Contract(
    code="F39",
    name="排污许可与监测",
    name_en="Discharge permit and monitoring",
    department="生态环境",
    schema=Discharge,
    grain=("uscc", "month"),
    cadence="monthly",
    publish_lag_days=(5, 20),
    receive_lag_days=(3, 10),
    level="L2",
    controller="生态环境局",
    share_scope="by consent",
    legal_basis="排污许可管理条例",
    retention="3 years",
    act="污染物排放监测结果",
    openness="on application",
    direction="adverse",
    million_rows=2,
    use=Use(months=36),
    period="month",
    doubts=(PUBLISHED_BEFORE_EVENT, Doubt("most of the month without a reading", pl.col("n_missing") > READINGS // 2)),
)
