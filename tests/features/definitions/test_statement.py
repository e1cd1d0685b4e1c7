"""Financial statements, at their boundaries: stocks of the newest quarter, flows of four."""

import pytest

from features.contracts.financial_statement import FINANCIAL_STATEMENT
from features.contracts.invoice_month import INVOICE_MONTH
from features.contracts.registration import REGISTRATION
from features.definitions.earnings import EARNINGS_FEATURES
from features.definitions.statement import STATEMENT_FEATURES
from features.lake.lake import Lake
from tests.factories.invoice_feeds import invoice_month
from tests.factories.lakes import ACME, BETA, GAMMA, land_rows, make_lake, uscc
from tests.factories.registrations import registration
from tests.factories.tax import STATEMENT_YUAN, financial_statement
from tests.factories.values import value, values

FEATURES = (*STATEMENT_FEATURES, *EARNINGS_FEATURES)

TODAY = "2025-07-01"
NOTHING = uscc(9)
"""An enterprise without a record in these feeds."""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = make_lake(tmp_path_factory.mktemp("lake"))
    land_rows(lake, REGISTRATION, [registration(firm) for firm in (NOTHING, GAMMA)], "2020-01-01")
    nothing = {f"{item}_fen": 0 for item in STATEMENT_YUAN}
    a_loss = {
        "revenue_fen": 30_000_000,
        "cost_fen": 20_000_000,
        "net_profit_fen": -2_000_000,
        "operating_profit_fen": -1_500_000,
    }
    a_year_before = {
        "assets_fen": 80_000_000,
        "liabilities_fen": 20_000_000,
        "cash_fen": 5_000_000,
        "revenue_fen": 25_000_000,
    }
    statements = [
        financial_statement(ACME, "2025-06", cash_fen=0),
        financial_statement(ACME, "2025-03"),
        financial_statement(ACME, "2024-12", **a_loss),
        financial_statement(ACME, "2024-06", **nothing),
        financial_statement(ACME, "2024-03", **a_year_before),
        financial_statement(ACME, "2023-06", equity_fen=0, revenue_fen=15_000_000, net_profit_fen=-500_000),
        financial_statement(BETA, "2024-12", equity_fen=-1, interest_fen=0, inventory_fen=None),
        financial_statement(BETA, "2024-06", equity_fen=61_000_000),
        financial_statement(BETA, "2024-03", equity_fen=61_000_001),
    ]
    land_rows(lake, FINANCIAL_STATEMENT, statements, "2025-07-01")
    land_rows(lake, FINANCIAL_STATEMENT, [financial_statement(GAMMA, "2024-09")], "2025-07-01")
    land_rows(lake, FINANCIAL_STATEMENT, [financial_statement(GAMMA, "2025-03")], "2025-07-02")
    land_rows(lake, INVOICE_MONTH, [invoice_month(ACME, "2025-03", amount_fen=100_000_000)], "2025-07-01")
    return lake


EXPECTED = {
    "statement_debt_ratio": 0.4,
    "statement_current_ratio": 2.0,
    "statement_cash_ratio": 1 / 3,
    "statement_cash_share": 0.1,
    "statement_loan_share": 0.25,
    "statement_short_debt_share": 0.375,
    "statement_receivable_share": 5 / 12,
    "statement_inventory_share": 1 / 3,
    "statement_other_receivable_share": 0.03,
    "statement_advance_share": 0.025,
    "statement_wages_tax_share": 0.075,
    "statement_fixed_share": 0.35,
    "statement_retained_share": 0.1,
    "statement_assets": 100_000_000,
    "statement_negative_equity": 0,
    "statement_filed_8q": 5,
    "statement_zero_8q": 1,
    "statement_unbalanced_8q": 1,
    "statement_days_ago": 1,
    "statement_revenue_invoiced_4q": 0.8,
    "statement_revenue_growth_4q": 1.0,
    "statement_gross_margin_4q": 0.3125,
    "statement_net_margin_4q": 0.0375,
    "statement_return_on_assets_4q": 0.03,
    "statement_interest_cover_4q": 9.0,
    "statement_interest_burden_4q": 0.00625,
    "statement_expense_share_4q": 0.175,
    "statement_research_share_4q": 0.0375,
    "statement_receivable_turn_4q": 0.3125,
    "statement_inventory_turn_4q": 20 / 55,
    "statement_payable_turn_4q": 10 / 55,
    "statement_asset_growth": 0.25,
    "statement_debt_growth": 1.0,
    "statement_cash_growth": 1.0,
    "statement_worst_quarter_8q": -2_000_000,
    "statement_losses_4q": 1,
    "statement_losses_8q": 2,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_feature_of_a_firm_with_records(lake: Lake, name: str) -> None:
    assert value(lake, name, ACME, TODAY) == pytest.approx(EXPECTED[name])


def test_each_feature_has_its_expected_value() -> None:
    assert set(EXPECTED) == {entry.name for entry in FEATURES}


def test_no_record_is_none_or_unknown_as_declared(lake: Lake) -> None:
    found = values(lake, EXPECTED, NOTHING, TODAY)
    declared = {entry.name: getattr(entry.definition, "missing", None) for entry in FEATURES}
    assert found == declared


def test_the_newest_quarter_was_due() -> None:
    """On 1 July the first quarter is in; what came early of the second waits."""
    assert FINANCIAL_STATEMENT.deadline_days == 65


@pytest.mark.parametrize(
    ("firm", "name", "expected"),
    [
        pytest.param(BETA, "statement_debt_ratio", 0.4, id="the quarter before the newest stands in for it"),
        pytest.param(GAMMA, "statement_debt_ratio", None, id="a statement of three quarters ago does not"),
        pytest.param(BETA, "statement_inventory_share", None, id="an item not shown is unknown"),
        pytest.param(BETA, "statement_negative_equity", 1, id="equity one fen below nothing"),
        pytest.param(BETA, "statement_unbalanced_8q", 2, id="missing balance by 1% is sound, by a fen more is not"),
        pytest.param(BETA, "statement_worst_quarter_8q", 5_000_000, id="never a loss"),
        pytest.param(BETA, "statement_revenue_invoiced_4q", None, id="no invoices to compare"),
        pytest.param(GAMMA, "statement_filed_8q", 1, id="filed before, known too late"),
        pytest.param(BETA, "statement_asset_growth", 0.0, id="against the quarter that stands in a year before"),
    ],
)
def test_boundaries(lake: Lake, firm: str, name: str, expected: float | None) -> None:
    assert value(lake, name, firm, TODAY) == expected


def test_a_statement_counts_from_the_day_it_is_known(lake: Lake) -> None:
    assert value(lake, "statement_filed_8q", GAMMA, "2025-07-02") == 2
