"""Valid rows of the tax bureau: grades, declarations, arrears."""

from calendar import monthrange
from datetime import date
from typing import Any

Row = dict[str, Any]


def month_ending(text: str) -> date:
    """The last day of a month written `2025-06`."""
    year, month = map(int, text.split("-"))
    return date(year, month, monthrange(year, month)[1])


def tax_grade(uscc: str, year: int = 2024, **changes: Any) -> Row:
    """F14: graded A unless told."""
    row = {
        "record_id": f"F14-{uscc}-{year}",
        "op": "I",
        "version": 1,
        "event_date": date(year, 12, 31),
        "publish_date": date(year + 1, 4, 20),
        "uscc": uscc,
        "year": year,
        "grade": "A",
        "score": 93,
    }
    return row | changes


def tax_declaration(uscc: str, period: str = "2025-05", tax_kind: str = "增值税", **changes: Any) -> Row:
    """F15: a month's value-added tax declared and paid on time."""
    last = month_ending(period)
    row = {
        "record_id": f"F15-{uscc}-{period}-{tax_kind}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
        "tax_kind": tax_kind,
        "taxable_sales_fen": 50_000_000,
        "payable_fen": 1_500_000,
        "paid_fen": 1_500_000,
        "declared_on": last,
        "paid_on": last,
        "late_days": 0,
    }
    return row | changes


def tax_arrears(uscc: str, struck_on: date = date(2025, 3, 31), tax_kind: str = "增值税", **changes: Any) -> Row:
    """F18: 10,000 yuan owed and not cleared."""
    row = {
        "record_id": f"F18-{uscc}-{struck_on}-{tax_kind}",
        "op": "I",
        "version": 1,
        "event_date": struck_on,
        "publish_date": struck_on,
        "uscc": uscc,
        "tax_kind": tax_kind,
        "period": struck_on,
        "arrears_fen": 1_000_000,
        "struck_on": struck_on,
        "cleared_on": None,
    }
    return row | changes
