"""F16 发票月汇总: a month of value-added-tax invoices."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use

INVOICE_SIDES = ("销", "进")
BASIS_POINTS = {"min_value": 0, "max_value": 10_000}
A_MONTH = {"min_value": -(10**13), "max_value": 10**13}
"""In fen: nobody invoices more than 100 billion yuan in a month, and a share of it in basis points must fit 64 bits."""


class InvoiceMonth(Delivered):
    """F16: one record per enterprise, month and side (sales, purchases). Publisher: tax bureau.

    A red-letter invoice counts in the month it was issued, which may be later than the sale it cancels.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    side: str = pa.Field(isin=INVOICE_SIDES, title="销/进")
    n: pl.Int32 = pa.Field(ge=0, title="有效发票份数", description="Valid invoices, red ones included")
    amount_fen: pl.Int64 = pa.Field(
        in_range=A_MONTH, title="金额", description="Valid invoices without tax, net of red ones, in fen"
    )
    tax_fen: pl.Int64 = pa.Field(title="税额", description="Of the same invoices, in fen")
    n_void: pl.Int32 = pa.Field(ge=0, title="作废份数")
    void_fen: pl.Int64 = pa.Field(title="作废金额", description="Amount of voided invoices, in fen")
    n_red: pl.Int32 = pa.Field(ge=0, title="红字份数")
    red_fen: pl.Int64 = pa.Field(le=0, title="红字金额", description="In fen, zero or negative")
    n_counterparty: pl.Int32 = pa.Field(ge=0, title="交易对手数")
    top1_bp: pl.Int32 = pa.Field(in_range=BASIS_POINTS, title="第一大对手占比", description="In basis points")
    top5_bp: pl.Int32 = pa.Field(in_range=BASIS_POINTS, title="前五大对手占比", description="In basis points")
    max_gap_days: pl.Int32 = pa.Field(ge=0, title="最长停开天数", description="Longest run of days without an invoice")

    happened = event_date_is("period")
    ends = period_ends("period", "month")

    @pa.dataframe_check(name="top5_bp must not be below top1_bp")
    @classmethod
    def shares_agree(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("top5_bp") >= pl.col("top1_bp"))


INVOICE_MONTH = Contract(
    code="F16",
    name="发票月汇总",
    name_en="Invoice monthly summary",
    department="税务",
    schema=InvoiceMonth,
    grain=("uscc", "period", "side"),
    cadence="monthly",
    publish_lag_days=(10, 20),
    receive_lag_days=(5, 20),
    level="L3",
    controller="税务局",
    share_scope="by consent, fields masked",
    legal_basis="发票管理办法; 征信业管理条例第二十一条",
    retention="5 years",
    act="按月开具与取得的发票",
    openness="closed",
    direction="favourable",
    million_rows=190,
    use=Use(months=60),
    period="month",
)
