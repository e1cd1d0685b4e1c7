"""Financial statements (F21): what an enterprise owns and owes by its own account, and how it keeps that account.

Stocks are those of the newest published quarter, at most two back; flows are those of the last four.
"""

from features.contracts.financial_statement import FINANCIAL_STATEMENT
from features.definitions.families import Family
from features.engine.algebra import (
    ADVERSE,
    FAVOURABLE,
    NEUTRAL,
    Aggregate,
    Derived,
    Feature,
    count,
    days_since_last,
    exists,
    latest,
    plus,
    ratio,
    total,
)
from features.engine.rows import Column, Condition, Expression, col
from features.engine.windows import Window, ever, periods

STATEMENT = Family("《中华人民共和国税收征收管理法》;税务部门财务报表(F21)")

NEWEST, A_YEAR_BEFORE = periods(2), periods(2, before=4)
YEAR, YEAR_BEFORE = periods(4), periods(4, before=4)


def item(name: str) -> Column:
    return col(f"{name}_fen")


def stock(value: Expression, within: Window = NEWEST) -> Feature:
    """A figure of the newest statement."""
    return Feature(feed=FINANCIAL_STATEMENT, take=latest(value), within=within)


def flow(value: Expression, within: Window = YEAR) -> Feature:
    """The sum of a figure over quarters."""
    return Feature(feed=FINANCIAL_STATEMENT, take=total(value), within=within)


def filed(take: Aggregate, within: Window, where: Condition | None = None, missing: int | None = 0) -> Feature:
    return Feature(feed=FINANCIAL_STATEMENT, take=take, within=within, where=where, missing=missing)


def part(of: str, whole: str) -> Derived:
    """One stock over another of the same statement."""
    return ratio(stock(item(of)), stock(item(whole)))


GAP = item("assets") - item("liabilities") - item("equity")
UNBALANCED = (item("assets") < GAP * 100) | (item("assets") < GAP * -100)
NOTHING = item("assets").equals(0) & item("revenue").equals(0)

STRUCTURE_FEATURES = (
    STATEMENT.one(
        "statement_debt_ratio",
        part("liabilities", "assets"),
        label="最近季度资产负债率",
        label_en="Liabilities over assets, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-DEBT",
        zh=("资产负债率达{value}", "资产负债率{value}"),
        en=("Liabilities reach {value} of assets", "Liabilities are {value} of assets"),
    ),
    STATEMENT.one(
        "statement_current_ratio",
        part("current_assets", "current_liabilities"),
        label="最近季度流动比率",
        label_en="Current assets over current liabilities, newest quarter",
        unit="times",
        sign=FAVOURABLE,
        code="STATEMENT-LIQUIDITY",
        zh=("流动比率仅{value}", "流动比率{value}"),
        en=("Current assets are only {value} times current liabilities", "Current assets cover {value} times"),
    ),
    STATEMENT.one(
        "statement_cash_ratio",
        part("cash", "current_liabilities"),
        label="最近季度现金比率",
        label_en="Cash over current liabilities, newest quarter",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-CASH",
        zh=("现金仅为流动负债的{value}", "现金为流动负债的{value}"),
        en=("Cash is only {value} of current liabilities", "Cash is {value} of current liabilities"),
    ),
    STATEMENT.one(
        "statement_cash_share",
        part("cash", "assets"),
        label="最近季度货币资金占资产比重",
        label_en="Cash over assets, newest quarter",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-CASH",
        zh=("货币资金仅占资产{value}", "货币资金占资产{value}"),
        en=("Cash is only {value} of assets", "Cash is {value} of assets"),
    ),
    STATEMENT.one(
        "statement_loan_share",
        ratio(plus(stock(item("short_debt")), stock(item("long_debt"))), stock(item("assets"))),
        label="最近季度借款占资产比重",
        label_en="Borrowings over assets, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-LOANS",
        zh=("借款占资产达{value}", "借款占资产{value}"),
        en=("Borrowings reach {value} of assets", "Borrowings are {value} of assets"),
    ),
    STATEMENT.one(
        "statement_short_debt_share",
        part("short_debt", "liabilities"),
        label="最近季度短期借款占负债比重",
        label_en="Short-term borrowings over liabilities, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-LOANS",
        zh=("短期借款占负债达{value}", "短期借款占负债{value}"),
        en=("Short-term borrowings reach {value} of liabilities", "Short-term borrowings are {value} of liabilities"),
    ),
    STATEMENT.one(
        "statement_receivable_share",
        part("receivables", "current_assets"),
        label="最近季度应收账款占流动资产比重",
        label_en="Trade receivables over current assets, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-RECEIVABLES",
        zh=("应收账款占流动资产达{value}", "应收账款占流动资产{value}"),
        en=("Receivables reach {value} of current assets", "Receivables are {value} of current assets"),
    ),
    STATEMENT.one(
        "statement_inventory_share",
        part("inventory", "current_assets"),
        label="最近季度存货占流动资产比重",
        label_en="Inventory over current assets, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-INVENTORY",
        zh=("存货占流动资产达{value}", "存货占流动资产{value}"),
        en=("Inventory reaches {value} of current assets", "Inventory is {value} of current assets"),
    ),
    STATEMENT.one(
        "statement_other_receivable_share",
        part("other_receivables", "assets"),
        label="最近季度其他应收款占资产比重",
        label_en="Other receivables over assets, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-OTHERS",
        zh=("其他应收款占资产达{value},可能被占用", "其他应收款占资产{value}"),
        en=("Other receivables reach {value} of assets", "Other receivables are {value} of assets"),
    ),
    STATEMENT.one(
        "statement_advance_share",
        part("advances", "liabilities"),
        label="最近季度预收账款占负债比重",
        label_en="Received in advance over liabilities, newest quarter",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-ADVANCES",
        zh=("预收账款仅占负债{value}", "预收账款占负债{value}"),
        en=("Only {value} of liabilities was received in advance", "{value} of liabilities was received in advance"),
    ),
    STATEMENT.one(
        "statement_wages_tax_share",
        ratio(stock(item("wages_payable") + item("tax_payable")), stock(item("liabilities"))),
        label="最近季度应付薪酬与税费占负债比重",
        label_en="Wages and taxes payable over liabilities, newest quarter",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-WAGES",
        zh=("应付薪酬与税费占负债达{value}", "应付薪酬与税费占负债{value}"),
        en=("Wages and taxes payable reach {value} of liabilities", "Wages and taxes are {value} of liabilities"),
    ),
    STATEMENT.one(
        "statement_fixed_share",
        part("fixed_assets", "assets"),
        label="最近季度固定资产占资产比重",
        label_en="Fixed assets over assets, newest quarter",
        unit="share",
        sign=NEUTRAL,
        code="STATEMENT-FIXED",
        zh="固定资产占资产{value}",
        en="Fixed assets are {value} of assets",
    ),
    STATEMENT.one(
        "statement_retained_share",
        part("retained", "assets"),
        label="最近季度未分配利润占资产比重",
        label_en="Retained earnings over assets, newest quarter",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-RETAINED",
        zh=("未分配利润仅占资产{value}", "未分配利润占资产{value}"),
        en=("Retained earnings are only {value} of assets", "Retained earnings are {value} of assets"),
    ),
    STATEMENT.one(
        "statement_assets",
        stock(item("assets")),
        label="最近季度资产总计",
        label_en="Total assets, newest quarter",
        unit="fen",
        sign=FAVOURABLE,
        code="STATEMENT-LEVEL",
        zh=("资产总计仅{value}", "资产总计{value}"),
        en=("Total assets are only {value}", "Total assets are {value}"),
    ),
    STATEMENT.one(
        "statement_negative_equity",
        filed(exists(), YEAR, item("equity") < 0),
        label="近4个已公布季度是否资不抵债",
        label_en="Whether equity was negative in any of the last 4 published quarters",
        unit="flag",
        sign=ADVERSE,
        code="STATEMENT-EQUITY",
        zh=("近一年曾资不抵债", "近一年报送的报表未见资不抵债"),
        en=("Equity was negative within the year", "No statement filed within the year shows negative equity"),
    ),
)

FILING_FEATURES = (
    STATEMENT.one(
        "statement_filed_8q",
        filed(count(), periods(8)),
        label="近8个已公布季度报送财务报表数",
        label_en="Statements filed for the last 8 published quarters",
        unit="statements",
        sign=FAVOURABLE,
        code="STATEMENT-FILING",
        zh=("近8个季度仅报送{value}期财务报表", "近8个季度报送{value}期财务报表"),
        en=("Only {value} statements of 8 quarters were filed", "{value} statements of 8 quarters were filed"),
    ),
    STATEMENT.one(
        "statement_zero_8q",
        filed(count(), periods(8), NOTHING),
        label="近8个已公布季度零申报财务报表数",
        label_en="Statements of nothing but zeros among the last 8 published quarters",
        unit="statements",
        sign=ADVERSE,
        code="STATEMENT-ZERO",
        zh="近8个季度有{value}期财务报表为零申报",
        en="{value} statements of 8 quarters hold nothing but zeros",
    ),
    STATEMENT.one(
        "statement_unbalanced_8q",
        filed(count(), periods(8), UNBALANCED),
        label="近8个已公布季度资产负债不平的报表数",
        label_en="Statements that miss balance by more than 1% among the last 8 published quarters",
        unit="statements",
        sign=ADVERSE,
        code="STATEMENT-UNSOUND",
        zh="近8个季度有{value}期财务报表不平",
        en="{value} statements of 8 quarters do not balance",
    ),
    STATEMENT.one(
        "statement_days_ago",
        filed(days_since_last(), ever(), missing=None),
        label="距最近一期财务报表季末的天数",
        label_en="Days since the quarter of the newest statement ended",
        unit="days",
        sign=ADVERSE,
        code="STATEMENT-FILING",
        zh=("最近一期财务报表已是{value}天前", "最近一期财务报表在{value}天前"),
        en=("The newest statement is {value} days old", "The newest statement is of {value} days ago"),
    ),
)

STATEMENT_FEATURES = (*STRUCTURE_FEATURES, *FILING_FEATURES)
