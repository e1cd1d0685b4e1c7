"""F16L 发票明细: single invoices, the evidence behind the monthly summary."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import HASH_PATTERN, USCC_PATTERN, Contract, Delivered, event_date_is
from features.contracts.invoice_month import INVOICE_SIDES
from features.contracts.use import Use

INVOICE_STATES = ("有效", "作废")


class InvoiceLine(Delivered):
    """F16L: one record per invoice and side. Publisher: tax bureau. Event date: day of issue."""

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    invoice_no: str = pa.Field(str_length={"min_value": 1, "max_value": 64}, title="发票号码")
    side: str = pa.Field(isin=INVOICE_SIDES, title="销/进")
    invoiced_on: pl.Date = pa.Field(title="开票日期")
    counterparty_hash: str = pa.Field(str_matches=HASH_PATTERN, title="对手(密钥散列)")
    amount_fen: pl.Int64 = pa.Field(title="金额", description="Without tax, in fen; negative on a red-letter invoice")
    tax_fen: pl.Int64 = pa.Field(title="税额", description="In fen")
    total_fen: pl.Int64 = pa.Field(title="价税合计", description="In fen")
    state: str = pa.Field(isin=INVOICE_STATES, title="发票状态")

    happened = event_date_is("invoiced_on")


INVOICE_LINE = Contract(
    code="F16L",
    name="发票明细",
    name_en="Invoice",
    department="税务",
    schema=InvoiceLine,
    grain=("uscc", "invoice_no", "side"),
    cadence="daily",
    publish_lag_days=(1, 5),
    receive_lag_days=(1, 5),
    level="L4",
    controller="税务局",
    share_scope="derived values only",
    legal_basis="发票管理办法; 征信业管理条例第二十一条",
    retention="5 years",
    act="逐张开具与取得的发票",
    openness="closed",
    direction="favourable",
    million_rows=0.0,
    use=Use(months=60),
)
