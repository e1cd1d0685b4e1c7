"""F45 进出口月汇总: goods declared to customs in a month."""

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

TRADE_DIRECTIONS = ("进口", "出口")


class TradeMonth(Delivered):
    """F45: one record per enterprise, month and direction. Publisher: customs.

    An agent's declarations may stand under its own code and not the consignee's.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    direction: str = pa.Field(isin=TRADE_DIRECTIONS, title="进出口")
    amount_usd_cents: pl.Int64 = pa.Field(ge=0, title="金额(美分)", description="Value declared, in US cents")
    declarations: pl.Int32 = pa.Field(ge=0, title="报关单数")
    top_country: str = pa.Field(
        nullable=True, str_matches="^[A-Z]{3}$", title="第一大国别", description="GB/T 2659, three letters"
    )

    happened = event_date_is("period")
    ends = period_ends("period", "month")


TRADE_MONTH = Contract(
    code="F45",
    name="进出口月汇总",
    name_en="Trade month",
    department="海关",
    schema=TradeMonth,
    grain=("uscc", "period", "direction"),
    cadence="monthly",
    publish_lag_days=(15, 30),
    receive_lag_days=(5, 20),
    level="L3",
    controller="海关",
    share_scope="by consent, fields masked",
    legal_basis="海关法; 海关统计条例; 征信业管理条例第二十一条",
    retention="5 years",
    act="按月进出口申报",
    openness="closed",
    direction="favourable",
    million_rows=8,
    use=Use(months=60),
    period="month",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt(
            "declarations without a value, as an agent's are",
            (pl.col("declarations") > 0) & (pl.col("amount_usd_cents") == 0),
        ),
    ),
)
