"""F17 上下游交易对手: the ten largest customers and suppliers of a quarter."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import HASH_PATTERN, USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.invoice_month import BASIS_POINTS, INVOICE_SIDES
from features.contracts.use import Use


class Counterparty(Delivered):
    """F17: one record per enterprise, quarter, side and rank. Publisher: tax bureau."""

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    quarter: pl.Date = pa.Field(title="季度", description="Last day of the quarter")
    side: str = pa.Field(isin=INVOICE_SIDES, title="销/进")
    rank: pl.Int32 = pa.Field(in_range={"min_value": 1, "max_value": 10}, title="名次")
    cp_hash: str = pa.Field(str_matches=HASH_PATTERN, title="对手(密钥散列)")
    amount_fen: pl.Int64 = pa.Field(title="金额", description="Net of red-letter invoices, in fen")
    share_bp: pl.Int32 = pa.Field(in_range=BASIS_POINTS, title="占比", description="Of the side's amount, basis points")

    happened = event_date_is("quarter")
    ends = period_ends("quarter", "quarter")


COUNTERPARTY = Contract(
    code="F17",
    name="上下游交易对手",
    name_en="Counterparties of a quarter",
    department="税务",
    schema=Counterparty,
    grain=("uscc", "quarter", "side", "rank"),
    cadence="quarterly",
    publish_lag_days=(20, 40),
    receive_lag_days=(10, 30),
    level="L4",
    controller="税务局",
    share_scope="derived values only",
    legal_basis="发票管理办法; 征信业管理条例第二十一条",
    retention="3 years",
    act="按季前十大交易对手",
    openness="closed",
    direction="favourable",
    million_rows=98.5,
    use=Use(months=36),
    period="quarter",
)
