"""Sales and purchase features: months published, and the arithmetic between them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from features.contracts.invoice_month import INVOICE_MONTH
from features.lake.lake import Lake
from tests.factories.invoice_feeds import invoice_month
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.values import value

AS_OF = date(2025, 6, 9)
"""Forty days after the end of April: the last published month. A month is due 40 days after its end."""
YEAR = ("2024-05", "2024-06", "2024-07", "2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02")


def lake_with(tmp_path: Path, *rows: dict[str, Any]) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, INVOICE_MONTH, list(rows), "2025-06-02")
    return lake


def test_a_year_ends_with_the_last_published_month(tmp_path: Path) -> None:
    assert INVOICE_MONTH.deadline_days == 40
    months = ["2024-04", *YEAR, "2025-03", "2025-04", "2025-05"]
    lake = lake_with(tmp_path, *(invoice_month(ACME, month, amount_fen=100) for month in months))
    assert value(lake, "sales_amount_12p", ACME, AS_OF) == 1_200
    assert value(lake, "sales_active_months_12p", ACME, AS_OF) == 12
    assert value(lake, "sales_history_months", ACME, AS_OF) == 14
    assert value(lake, "sales_recency_days", ACME, AS_OF) == 9


def test_sides_are_not_mixed(tmp_path: Path) -> None:
    sold, bought = (
        invoice_month(ACME, "2025-04", "销", amount_fen=100),
        invoice_month(ACME, "2025-04", "进", amount_fen=60),
    )
    lake = lake_with(tmp_path, sold, bought)
    assert value(lake, "sales_amount_12p", ACME, AS_OF) == 100
    assert value(lake, "purchase_amount_12p", ACME, AS_OF) == 60
    assert value(lake, "invoice_margin_12p", ACME, AS_OF) == 0.4


def test_a_month_without_a_row_sold_nothing(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, invoice_month(ACME, "2024-05", amount_fen=100))
    assert value(lake, "sales_trend_6p", ACME, AS_OF) == -1
    assert value(lake, "sales_yoy_3p", ACME, AS_OF) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("sales_void_share_12p", 0.2, id="voided by count"),
        pytest.param("sales_void_amount_share_12p", 0.1, id="voided by amount, of all issued"),
        pytest.param("sales_red_share_12p", 0.125, id="reversed by count"),
        pytest.param("sales_red_amount_share_12p", 1 / 9, id="reversed by amount, of what was issued before"),
        pytest.param("sales_average_invoice_12p", 100.0, id="average invoice"),
    ],
)
def test_shares_of_invoices(tmp_path: Path, name: str, expected: float) -> None:
    row = invoice_month(ACME, "2025-04", n=8, amount_fen=800, n_void=2, void_fen=100, n_red=1, red_fen=-100)
    assert value(lake_with(tmp_path, row), name, ACME, AS_OF) == expected


def test_concentration_is_weighted_by_amount(tmp_path: Path) -> None:
    large = invoice_month(ACME, "2025-03", amount_fen=300, top1_bp=2_000)
    small = invoice_month(ACME, "2025-04", amount_fen=100, top1_bp=6_000)
    assert value(lake_with(tmp_path, large, small), "sales_top1_bp_12p", ACME, AS_OF) == 3_000


def test_swings_are_measured_against_the_average_month(tmp_path: Path) -> None:
    rows = [
        invoice_month(ACME, month, amount_fen=fen)
        for month, fen in (("2025-02", 50), ("2025-03", 150), ("2025-04", 100))
    ]
    lake = lake_with(tmp_path, *rows)
    assert value(lake, "sales_peak_month_12p", ACME, AS_OF) == 1.5
    assert value(lake, "sales_low_month_12p", ACME, AS_OF) == 0.5


def test_a_year_of_more_reversals_than_sales_has_no_share(tmp_path: Path) -> None:
    lake = lake_with(tmp_path, invoice_month(ACME, "2025-04", amount_fen=-100))
    assert value(lake, "sales_top1_bp_12p", ACME, AS_OF) is None
