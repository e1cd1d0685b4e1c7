"""What an enterprise earns and how it grows by its own account (F21): flows of the last four published quarters."""

from features.definitions.families import Family, published_quarters
from features.definitions.sales_invoice import sales_total
from features.definitions.statement import STATEMENT, filed, flow, item, stock
from features.engine.algebra import ADVERSE, FAVOURABLE, Derived, count, ratio, smallest, trend
from features.engine.rows import col
from features.engine.windows import periods

BESIDE_INVOICES = Family("《中华人民共和国发票管理办法》;税务部门财务报表(F21)、发票月汇总(F16)")

A_YEAR_BEFORE = periods(2, before=4)
YEAR_BEFORE = periods(4, before=4)


def turned(of: str, by: str) -> Derived:
    """A stock over a year's flow: how much of a year it takes to turn it over."""
    return ratio(stock(item(of)), flow(item(by)))


def grown(name: str) -> Derived:
    """The change of a stock in a year."""
    return trend(stock(item(name)), stock(item(name), A_YEAR_BEFORE))


EARNINGS_FEATURES = (
    BESIDE_INVOICES.one(
        "statement_revenue_invoiced_4q",
        ratio(flow(item("revenue")), sales_total(col("amount_fen"))),
        label="近4个已公布季度报表收入与近12个已公布月开票销售额之比",
        label_en="Revenue stated for the last 4 published quarters over sales invoiced in the last 12 published months",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-INVOICED",
        zh=("报表收入仅为开票销售额的{value}", "报表收入为开票销售额的{value}"),
        en=("Revenue stated is only {value} of sales invoiced", "Revenue stated is {value} of sales invoiced"),
    ),
    STATEMENT.one(
        "statement_revenue_growth_4q",
        trend(flow(item("revenue")), flow(item("revenue"), YEAR_BEFORE)),
        label="近4个已公布季度营业收入同比变化",
        label_en="Change of revenue, last 4 published quarters on the 4 before",
        unit="change",
        sign=FAVOURABLE,
        code="STATEMENT-GROWTH",
        zh="近4个季度营业收入同比变化{value}",
        en="Revenue of 4 quarters changed by {value}",
    ),
    STATEMENT.one(
        "statement_gross_margin_4q",
        ratio(flow(item("revenue") - item("cost")), flow(item("revenue"))),
        label="近4个已公布季度毛利率",
        label_en="Gross margin of the last 4 published quarters",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-MARGIN",
        zh=("近4个季度毛利率仅{value}", "近4个季度毛利率{value}"),
        en=("The gross margin of 4 quarters is only {value}", "The gross margin of 4 quarters is {value}"),
    ),
    STATEMENT.one(
        "statement_net_margin_4q",
        ratio(flow(item("net_profit")), flow(item("revenue"))),
        label="近4个已公布季度净利率",
        label_en="Net profit over revenue, last 4 published quarters",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-MARGIN",
        zh=("近4个季度净利率仅{value}", "近4个季度净利率{value}"),
        en=("Net profit is only {value} of revenue", "Net profit is {value} of revenue"),
    ),
    STATEMENT.one(
        "statement_return_on_assets_4q",
        ratio(flow(item("net_profit")), stock(item("assets"))),
        label="近4个已公布季度净利润与资产之比",
        label_en="Net profit of the last 4 published quarters over assets",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-RETURN",
        zh=("资产净利率仅{value}", "资产净利率{value}"),
        en=("The return on assets is only {value}", "The return on assets is {value}"),
    ),
    STATEMENT.one(
        "statement_interest_cover_4q",
        ratio(flow(item("operating_profit")), flow(item("interest"))),
        label="近4个已公布季度营业利润与利息之比",
        label_en="Operating profit over interest, last 4 published quarters",
        unit="times",
        sign=FAVOURABLE,
        code="STATEMENT-INTEREST",
        zh=("营业利润仅为利息的{value}倍", "营业利润为利息的{value}倍"),
        en=("Operating profit covers interest only {value} times", "Operating profit covers interest {value} times"),
    ),
    STATEMENT.one(
        "statement_interest_burden_4q",
        ratio(flow(item("interest")), flow(item("revenue"))),
        label="近4个已公布季度利息占营业收入比重",
        label_en="Interest over revenue, last 4 published quarters",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-INTEREST",
        zh=("利息占营业收入达{value}", "利息占营业收入{value}"),
        en=("Interest takes up {value} of revenue", "Interest is {value} of revenue"),
    ),
    STATEMENT.one(
        "statement_expense_share_4q",
        ratio(flow(item("selling") + item("admin")), flow(item("revenue"))),
        label="近4个已公布季度销售与管理费用率",
        label_en="Selling and administrative expenses over revenue, last 4 published quarters",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-EXPENSES",
        zh=("销售与管理费用占收入达{value}", "销售与管理费用占收入{value}"),
        en=(
            "Selling and administration take up {value} of revenue",
            "Selling and administration are {value} of revenue",
        ),
    ),
    STATEMENT.one(
        "statement_research_share_4q",
        ratio(flow(item("research")), flow(item("revenue"))),
        label="近4个已公布季度研发费用率",
        label_en="Research expenses over revenue, last 4 published quarters",
        unit="share",
        sign=FAVOURABLE,
        code="STATEMENT-RESEARCH",
        zh=("研发费用仅占收入{value}", "研发费用占收入{value}"),
        en=("Research is only {value} of revenue", "Research is {value} of revenue"),
    ),
    STATEMENT.one(
        "statement_receivable_turn_4q",
        turned("receivables", "revenue"),
        label="应收账款与近4个已公布季度营业收入之比",
        label_en="Trade receivables over revenue of the last 4 published quarters",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-RECEIVABLES",
        zh=("应收账款达年收入的{value}", "应收账款为年收入的{value}"),
        en=("Receivables reach {value} of a year's revenue", "Receivables are {value} of a year's revenue"),
    ),
    STATEMENT.one(
        "statement_inventory_turn_4q",
        turned("inventory", "cost"),
        label="存货与近4个已公布季度营业成本之比",
        label_en="Inventory over cost of the last 4 published quarters",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-INVENTORY",
        zh=("存货达年成本的{value}", "存货为年成本的{value}"),
        en=("Inventory reaches {value} of a year's cost", "Inventory is {value} of a year's cost"),
    ),
    STATEMENT.one(
        "statement_payable_turn_4q",
        turned("payables", "cost"),
        label="应付账款与近4个已公布季度营业成本之比",
        label_en="Trade payables over cost of the last 4 published quarters",
        unit="share",
        sign=ADVERSE,
        code="STATEMENT-PAYABLES",
        zh=("应付账款达年成本的{value}", "应付账款为年成本的{value}"),
        en=("Payables reach {value} of a year's cost", "Payables are {value} of a year's cost"),
    ),
    STATEMENT.one(
        "statement_asset_growth",
        grown("assets"),
        label="资产总计较一年前变化",
        label_en="Change of total assets in a year",
        unit="change",
        sign=FAVOURABLE,
        code="STATEMENT-GROWTH",
        zh="资产总计较一年前变化{value}",
        en="Total assets changed by {value} in a year",
    ),
    STATEMENT.one(
        "statement_debt_growth",
        grown("liabilities"),
        label="负债合计较一年前变化",
        label_en="Change of total liabilities in a year",
        unit="change",
        sign=ADVERSE,
        code="STATEMENT-DEBT",
        zh="负债合计较一年前变化{value}",
        en="Total liabilities changed by {value} in a year",
    ),
    STATEMENT.one(
        "statement_cash_growth",
        grown("cash"),
        label="货币资金较一年前变化",
        label_en="Change of cash in a year",
        unit="change",
        sign=FAVOURABLE,
        code="STATEMENT-CASH",
        zh="货币资金较一年前变化{value}",
        en="Cash changed by {value} in a year",
    ),
    STATEMENT.one(
        "statement_worst_quarter_8q",
        filed(smallest(item("net_profit")), periods(8), missing=None),
        label="近8个已公布季度最低单季净利润",
        label_en="Lowest net profit of a quarter, last 8 published",
        unit="fen",
        sign=FAVOURABLE,
        code="STATEMENT-LOSSES",
        zh="近8个季度最低单季净利润{value}",
        en="The lowest quarter of 8 made {value}",
    ),
    *STATEMENT.over(
        published_quarters(4, 8),
        "statement_losses_{span}",
        lambda within: filed(count(), within, item("net_profit") < 0),
        label="{span}亏损季度数",
        label_en="Quarters with a loss among {span}",
        unit="quarters",
        sign=ADVERSE,
        code="STATEMENT-LOSSES",
        zh="{span}有{value}个季度亏损",
        en="{value} quarters made a loss in {span}",
    ),
)
