"""Customers and suppliers: who stays, and how much depends on one."""

from datetime import date
from pathlib import Path

from features.contracts.counterparty import COUNTERPARTY
from features.contracts.invoice_line import INVOICE_LINE
from tests.factories.invoice_feeds import counterparty, invoice_line
from tests.factories.lakes import ACME, land_rows, make_lake
from tests.factories.values import value

QUARTERS = (date(2024, 6, 30), date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31))
ONE, OTHER = "1" * 16, "2" * 16


def test_a_faithful_customer_turns_over_once_in_four_places(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [counterparty(ACME, quarter, rank=1, side="销", cp_hash=ONE, share_bp=900) for quarter in QUARTERS]
    rows += [counterparty(ACME, QUARTERS[0], rank=6, side="销", cp_hash=OTHER, share_bp=100)]
    land_rows(lake, COUNTERPARTY, rows, "2025-06-02")
    assert value(lake, "customer_turnover_4q", ACME, "2025-06-30") == 0.25
    assert value(lake, "main_customers_4q", ACME, "2025-06-30") == 2
    assert value(lake, "customer_top_share_4q", ACME, "2025-06-30") == 900
    assert value(lake, "supplier_turnover_4q", ACME, "2025-06-30") is None


def test_voided_invoices_make_no_customer(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [
        invoice_line(ACME, date(2025, 5, 1), 1, counterparty_hash=ONE),
        invoice_line(ACME, date(2025, 5, 2), 2, counterparty_hash=ONE),
        invoice_line(ACME, date(2025, 5, 30), 3, counterparty_hash=OTHER, state="作废"),
    ]
    land_rows(lake, INVOICE_LINE, rows, "2025-06-02")
    assert value(lake, "customers_12m", ACME, "2025-06-10") == 1
    assert value(lake, "last_sale_days", ACME, "2025-06-10") == 39
    assert value(lake, "largest_sale_share_12m", ACME, "2025-06-10") == 0.5
    assert value(lake, "suppliers_12m", ACME, "2025-06-10") == 0
