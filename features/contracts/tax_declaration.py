"""F15 申报与入库税款: what was declared and what was paid."""

import pandera.polars as pa
import polars as pl

from features.contracts.contract import USCC_PATTERN, Contract, Delivered, event_date_is, period_ends
from features.contracts.use import Use

TAX_KINDS = ("增值税", "企税", "个税", "附加", "其他")


class TaxDeclaration(Delivered):
    """F15: one record per enterprise, month and kind of tax. Publisher: tax bureau.

    An amended declaration is a new version.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the month")
    tax_kind: str = pa.Field(isin=TAX_KINDS, title="税种")
    taxable_sales_fen: pl.Int64 = pa.Field(title="应税销售额", description="In fen; red letters may make it negative")
    payable_fen: pl.Int64 = pa.Field(title="应纳税额", description="In fen; negative where a refund is due")
    paid_fen: pl.Int64 = pa.Field(title="入库税额", description="In fen; negative where refunded")
    declared_on: pl.Date = pa.Field(nullable=True, title="申报日期")
    paid_on: pl.Date = pa.Field(nullable=True, title="入库日期")
    late_days: pl.Int32 = pa.Field(ge=0, title="逾期天数")

    happened = event_date_is("period")
    ends = period_ends("period", "month")


TAX_DECLARATION = Contract(
    code="F15",
    name="申报与入库税款",
    name_en="Tax declaration and payment",
    department="税务",
    schema=TaxDeclaration,
    grain=("uscc", "period", "tax_kind"),
    cadence="monthly",
    publish_lag_days=(15, 25),
    receive_lag_days=(5, 20),
    level="L3",
    controller="税务局",
    share_scope="by consent, fields masked",
    legal_basis="税收征收管理法; 征信业管理条例第二十一条",
    retention="5 years",
    act="按期申报与缴纳税款",
    openness="closed",
    direction="favourable",
    million_rows=254,
    use=Use(months=60),
    period="month",
)
