"""F46 用电月量与缴费: a month of electricity per meter."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use

VOLTAGES = ("低压", "高压")


class Electricity(Delivered):
    """F46: one record per meter and month. Publisher: power supplier.

    More than half of all meters run under a landlord's name and never arrive as the tenant's.
    """

    meter_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="电表编号")
    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    kwh: pl.Int64 = pa.Field(ge=0, title="用电量", description="Kilowatt hours")
    amount_fen: pl.Int64 = pa.Field(ge=0, title="电费", description="In fen")
    paid_on: pl.Date = pa.Field(nullable=True, title="缴费日期")
    voltage: str = pa.Field(isin=VOLTAGES, title="电压等级")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


ELECTRICITY = Contract(
    code="F46",
    name="用电月量与缴费",
    name_en="Electricity month",
    department="供电",
    schema=Electricity,
    grain=("meter_no", "period"),
    cadence="monthly",
    publish_lag_days=(5, 15),
    receive_lag_days=(3, 10),
    level="L3",
    controller="供电局",
    share_scope="by consent, fields masked",
    legal_basis="征信业管理条例第二十一条",
    retention="3 years",
    act="按月用电与缴费",
    openness="closed",
    direction="favourable",
    million_rows=60,
    use=Use(months=36),
    period="month",
)
