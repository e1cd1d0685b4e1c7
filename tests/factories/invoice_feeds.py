"""Valid rows of the invoice feeds: monthly summaries, single invoices, counterparties of a quarter."""

from datetime import date
from typing import Any

from tests.factories.tax import Row, month_ending


def invoice_month(uscc: str, period: str = "2025-05", side: str = "销", **changes: Any) -> Row:
    """F16: forty invoices of 500,000 yuan to ten customers."""
    last = month_ending(period)
    row = {
        "record_id": f"F16-{uscc}-{period}-{side}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
        "side": side,
        "n": 40,
        "amount_fen": 50_000_000,
        "tax_fen": 6_500_000,
        "n_void": 1,
        "void_fen": 800_000,
        "n_red": 0,
        "red_fen": 0,
        "n_counterparty": 10,
        "top1_bp": 2_500,
        "top5_bp": 7_000,
        "max_gap_days": 4,
    }
    return row | changes


def invoice_line(uscc: str, invoiced_on: date = date(2025, 5, 12), number: int = 1, **changes: Any) -> Row:
    """F16L: a sale of 1,000 yuan."""
    row = {
        "record_id": f"F16L-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": invoiced_on,
        "publish_date": invoiced_on,
        "uscc": uscc,
        "invoice_no": f"{number:08d}",
        "side": "销",
        "invoiced_on": invoiced_on,
        "counterparty_hash": "c0ffee0000000001",
        "amount_fen": 100_000,
        "tax_fen": 13_000,
        "total_fen": 113_000,
        "state": "有效",
    }
    return row | changes


def counterparty(uscc: str, quarter: date = date(2025, 3, 31), rank: int = 1, **changes: Any) -> Row:
    """F17: a customer with a quarter of the sales."""
    row = {
        "record_id": f"F17-{uscc}-{quarter}-{rank}",
        "op": "I",
        "version": 1,
        "event_date": quarter,
        "publish_date": quarter,
        "uscc": uscc,
        "quarter": quarter,
        "side": "销",
        "rank": rank,
        "cp_hash": f"c0ffee{rank:010d}",
        "amount_fen": 12_500_000,
        "share_bp": 2_500,
    }
    return row | changes
