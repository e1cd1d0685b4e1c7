"""Tax features at their boundaries."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.tax_arrears import TAX_ARREARS
from features.contracts.tax_declaration import TAX_DECLARATION
from features.contracts.tax_grade import TAX_GRADE
from features.lake.lake import Lake
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.tax import tax_arrears, tax_declaration, tax_grade
from tests.factories.values import value


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Connected to every tax feed by old records of BETA; ACME is known and has nothing."""
    lake = make_lake(tmp_path)
    land_rows(lake, TAX_ARREARS, [tax_arrears(BETA, date(2015, 3, 31))], "2015-05-01")
    land_rows(lake, TAX_DECLARATION, [tax_declaration(firm, "2015-03") for firm in (ACME, BETA)], "2015-05-01")
    land_rows(lake, TAX_GRADE, [tax_grade(BETA, 2014)], "2015-05-01")
    return lake


@pytest.mark.parametrize(
    ("struck", "received", "expected"),
    [
        pytest.param("2023-07-02", "2023-07-03", 1, id="first day of the window"),
        pytest.param("2023-07-01", "2023-07-03", 0, id="a day too old"),
        pytest.param("2025-07-01", "2025-07-01", 1, id="today"),
        pytest.param("2025-06-30", "2025-07-02", 0, id="happened before, known too late"),
    ],
)
def test_arrears_are_counted_over_24_months(lake: Lake, struck: str, received: str, expected: int) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, date.fromisoformat(struck))], received)
    assert value(lake, "tax_arrears_count_24m", ACME, "2025-07-01") == expected


def test_arrears_of_nothing_are_no_notice(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=0)], "2025-06-01")
    assert value(lake, "tax_arrears_count_24m", ACME, "2025-07-01") == 0


def test_arrears_stay_open_until_their_clearing_is_known(lake: Lake) -> None:
    land_rows(lake, TAX_ARREARS, [tax_arrears(ACME, arrears_fen=500)], "2025-04-02")
    cleared = tax_arrears(ACME, arrears_fen=500, version=2, op="U", cleared_on=date(2025, 5, 1))
    land_rows(lake, TAX_ARREARS, [cleared], "2025-06-02")
    assert value(lake, "tax_arrears_open", ACME, "2025-06-01") == 500
    assert value(lake, "tax_arrears_open", ACME, "2025-06-02") == 0


def test_the_newest_grade_counts_and_ages_out_after_two_years(lake: Lake) -> None:
    land_rows(lake, TAX_GRADE, [tax_grade(ACME, 2023, grade="A"), tax_grade(ACME, 2022, grade="D")], "2024-05-01")
    assert value(lake, "tax_grade", ACME, "2025-07-01") == 5
    assert value(lake, "tax_grade", ACME, "2025-12-31") is None


def declared(lake: Lake, months: dict[str, int], **changes: int) -> None:
    rows = [tax_declaration(ACME, month, paid_fen=paid, **changes) for month, paid in months.items()]
    land_rows(lake, TAX_DECLARATION, rows, "2025-05-20")


def test_a_month_not_yet_due_is_no_fall_of_tax(lake: Lake) -> None:
    """Declarations are due 45 days after their month: on 29 June that of April is in, and that of May is not."""
    assert TAX_DECLARATION.deadline_days == 45
    declared(lake, {f"2024-{month:02d}": 100 for month in range(4, 13)} | {f"2025-{m:02d}": 100 for m in range(1, 5)})
    assert value(lake, "tax_paid_trend_6p", ACME, "2025-06-29") == 0
    assert value(lake, "tax_paid_12p", ACME, "2025-06-29") == 1_200


def test_a_fall_needs_something_to_fall_from(lake: Lake) -> None:
    declared(lake, {"2025-03": 100, "2025-04": 100})
    assert value(lake, "tax_paid_trend_6p", ACME, "2025-06-29") is None


def test_the_paid_share_is_of_what_was_payable(lake: Lake) -> None:
    declared(lake, {"2025-03": 30, "2025-04": 45}, payable_fen=50)
    assert value(lake, "tax_paid_share_12p", ACME, "2025-06-29") == 0.75


def test_a_zero_declaration_is_one_of_vat(lake: Lake) -> None:
    rows = [tax_declaration(ACME, "2025-04", kind, taxable_sales_fen=0) for kind in ("增值税", "企税")]
    land_rows(lake, TAX_DECLARATION, rows, "2025-05-20")
    assert value(lake, "zero_vat_declarations_12p", ACME, "2025-06-29") == 1
    assert value(lake, "tax_late_declarations_12p", ACME, "2025-06-29") == 0
