"""F20 出口退税: tax refunded on exports."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use

REFUND_CLASSES = ("一类", "二类", "三类", "四类")


class ExportRefund(Delivered):
    """F20: one record per enterprise and month with a refund. Publisher: tax bureau.

    The class of refund management runs from 一类 (trusted) to 四类 (watched).
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    refund_fen: pl.Int64 = pa.Field(ge=0, title="退税额", description="In fen")
    refund_class: str = pa.Field(isin=REFUND_CLASSES, title="管理类别", description="Class of refund management")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


EXPORT_REFUND = Contract(
    code="F20",
    name="出口退税",
    name_en="Export refund",
    department="税务",
    schema=ExportRefund,
    grain=("uscc", "period"),
    cadence="monthly",
    publish_lag_days=(20, 60),
    receive_lag_days=(5, 20),
    level="L3",
    controller="税务局",
    share_scope="by consent, fields masked",
    legal_basis="出口退(免)税企业分类管理办法; 征信业管理条例第二十一条",
    retention="5 years",
    act="出口货物退(免)税",
    openness="closed",
    direction="favourable",
    million_rows=4,
    use=Use(months=60),
    period="month",
)
