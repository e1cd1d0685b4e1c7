"""F21 财务报表: forty items of a quarter's balance sheet and profit and loss."""

from typing import Any

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

_ASSETS, _GAP = pl.col("assets_fen"), pl.col("assets_fen") - pl.col("liabilities_fen") - pl.col("equity_fen")
_UNBALANCED = _GAP.abs() * 100 > _ASSETS.abs()
_WRONG_SIGN = pl.any_horizontal(pl.col("cash_fen", "receivables_fen", "inventory_fen", "assets_fen", "cost_fen") < 0)
_ALL_ZERO = (_ASSETS == 0) & (pl.col("revenue_fen") == 0)


def _item(title: str, note: str = "") -> Any:
    """One line of a statement: fen, of either sign, empty where the enterprise does not show it."""
    return pa.Field(nullable=True, title=title, description=f"{note}, in fen" if note else "In fen")


class FinancialStatement(Delivered):
    """F21: one record per enterprise and quarter. Publisher: tax bureau, as filed by the taxpayer.

    Reported by the enterprise itself: four in a hundred do not balance, some carry wrong signs or nothing but zeros.
    An item a small enterprise does not show is null.
    """

    uscc: str = pa.Field(str_matches=USCC_PATTERN, title="统一社会信用代码")
    period: pl.Date = pa.Field(title="所属期", description="Last day of the quarter")
    # Balance sheet on the last day of the quarter.
    cash_fen: pl.Int64 = _item("货币资金", "Cash")
    short_investments_fen: pl.Int64 = _item("短期投资")
    notes_receivable_fen: pl.Int64 = _item("应收票据")
    receivables_fen: pl.Int64 = _item("应收账款", "Trade receivables")
    prepayments_fen: pl.Int64 = _item("预付账款")
    other_receivables_fen: pl.Int64 = _item("其他应收款")
    inventory_fen: pl.Int64 = _item("存货")
    current_assets_fen: pl.Int64 = _item("流动资产合计", "Current assets")
    fixed_assets_fen: pl.Int64 = _item("固定资产净值", "After depreciation")
    construction_fen: pl.Int64 = _item("在建工程")
    intangibles_fen: pl.Int64 = _item("无形资产")
    noncurrent_assets_fen: pl.Int64 = _item("非流动资产合计")
    assets_fen: pl.Int64 = _item("资产总计", "Total assets")
    short_debt_fen: pl.Int64 = pa.Field(
        nullable=True, title="短期借款", description="Borrowed for a year or less, in fen"
    )
    notes_payable_fen: pl.Int64 = _item("应付票据")
    payables_fen: pl.Int64 = _item("应付账款", "Trade payables")
    advances_fen: pl.Int64 = pa.Field(
        nullable=True, title="预收账款", description="Received from customers in advance, in fen"
    )
    wages_payable_fen: pl.Int64 = _item("应付职工薪酬")
    tax_payable_fen: pl.Int64 = _item("应交税费")
    other_payables_fen: pl.Int64 = _item("其他应付款")
    current_liabilities_fen: pl.Int64 = _item("流动负债合计")
    long_debt_fen: pl.Int64 = pa.Field(
        nullable=True, title="长期借款", description="Borrowed for more than a year, in fen"
    )
    liabilities_fen: pl.Int64 = _item("负债合计", "Total liabilities")
    paid_in_capital_fen: pl.Int64 = _item("实收资本")
    retained_fen: pl.Int64 = pa.Field(
        nullable=True, title="未分配利润", description="Negative where losses have been carried forward, in fen"
    )
    equity_fen: pl.Int64 = _item("所有者权益合计")
    # Profit and loss of the quarter alone, not of the year to date.
    revenue_fen: pl.Int64 = _item("营业收入")
    cost_fen: pl.Int64 = _item("营业成本")
    surcharges_fen: pl.Int64 = _item("税金及附加")
    selling_fen: pl.Int64 = _item("销售费用")
    admin_fen: pl.Int64 = _item("管理费用")
    research_fen: pl.Int64 = _item("研发费用")
    finance_fen: pl.Int64 = _item("财务费用")
    interest_fen: pl.Int64 = _item("利息费用", "Part of 财务费用")
    other_income_fen: pl.Int64 = _item("其他收益", "Subsidies included")
    operating_profit_fen: pl.Int64 = _item("营业利润")
    nonoperating_fen: pl.Int64 = _item("营业外收支净额")
    profit_fen: pl.Int64 = _item("利润总额", "Before tax")
    income_tax_fen: pl.Int64 = _item("所得税费用")
    net_profit_fen: pl.Int64 = _item("净利润")

    happened = event_date_is("period")
    ends = period_ends("period", "quarter")


FINANCIAL_STATEMENT = Contract(
    code="F21",
    name="财务报表",
    name_en="Financial statements",
    department="税务",
    schema=FinancialStatement,
    grain=("uscc", "period"),
    cadence="quarterly",
    publish_lag_days=(20, 45),
    receive_lag_days=(5, 20),
    level="L3",
    controller="税务局",
    share_scope="by consent, fields masked",
    legal_basis="税收征收管理法; 征信业管理条例第二十一条",
    retention="5 years",
    act="按季报送财务报表",
    openness="closed",
    direction="favourable",
    million_rows=60,
    use=Use(months=60),
    period="quarter",
    doubts=(
        PUBLISHED_BEFORE_EVENT,
        Doubt("assets differ from liabilities and equity by more than 1%", _UNBALANCED),
        Doubt("a negative figure where there can be none", _WRONG_SIGN),
        Doubt("filed with nothing but zeros", _ALL_ZERO),
    ),
)
