"""F22 社保月缴费: insured staff and contributions of a month."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use


class SocialInsurance(Delivered):
    """F22: one record per enterprise and month. Publisher: human resources bureau.

    A group that pays for its subsidiaries shows their staff as its own.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    insured_n: pl.Int32 = pa.Field(ge=0, title="参保人数")
    base_total_fen: pl.Int64 = pa.Field(ge=0, title="缴费基数合计", description="In fen")
    payable_fen: pl.Int64 = pa.Field(ge=0, title="应缴", description="In fen")
    paid_fen: pl.Int64 = pa.Field(ge=0, title="实缴", description="In fen")
    new_n: pl.Int32 = pa.Field(ge=0, title="新增人数")
    left_n: pl.Int32 = pa.Field(ge=0, title="减少人数")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


SOCIAL_INSURANCE = Contract(
    code="F22",
    name="社保月缴费",
    name_en="Social-insurance month",
    department="人社",
    schema=SocialInsurance,
    grain=("uscc", "period"),
    cadence="monthly",
    publish_lag_days=(10, 20),
    receive_lag_days=(3, 10),
    level="L3",
    controller="人力资源和社会保障局",
    share_scope="by consent, fields masked",
    legal_basis="社会保险法; 征信业管理条例第二十一条",
    retention="5 years",
    act="按月缴纳社会保险费",
    openness="closed",
    direction="favourable",
    million_rows=150,
    use=Use(months=60),
    period="month",
)
