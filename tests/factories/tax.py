"""Valid rows of the tax bureau: states, grades, declarations, arrears, violations, refunds, statements."""

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


def tax_registration(uscc: str, begins_on: date = date(2020, 3, 2), **changes: Any) -> Row:
    """F13: a small-scale taxpayer in normal state."""
    row = {
        "record_id": f"F13-{uscc}-{begins_on}",
        "op": "I",
        "version": 1,
        "event_date": begins_on,
        "publish_date": begins_on,
        "uscc": uscc,
        "tax_id": uscc,
        "state": "正常",
        "taxpayer_type": "小规模",
        "begins_on": begins_on,
    }
    return row | changes


def tax_violation(uscc: str, decided_on: date = date(2024, 11, 5), case_no: str = "", **changes: Any) -> Row:
    """F19: 100,000 yuan evaded, fined half of it, not major."""
    number = case_no or f"深税稽〔{decided_on:%Y}〕{decided_on:%m%d}号"
    row = {
        "record_id": f"F19-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": decided_on,
        "publish_date": decided_on,
        "uscc": uscc,
        "case_no": number,
        "kind": "偷税",
        "amount_fen": 10_000_000,
        "penalty_fen": 5_000_000,
        "decided_on": decided_on,
        "major": False,
    }
    return row | changes


def export_refund(uscc: str, period: str = "2025-03", refund_fen: int = 2_000_000, **changes: Any) -> Row:
    """F20: 20,000 yuan refunded to an exporter of the second class."""
    last = month_ending(period)
    row = {
        "record_id": f"F20-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
        "refund_fen": refund_fen,
        "refund_class": "二类",
    }
    return row | changes


def financial_statement(uscc: str, period: str = "2025-03", **changes: Any) -> Row:
    """F21: assets of a million yuan, 40% of them owed, and 50,000 yuan earned in the quarter. It balances."""
    last = month_ending(period)
    row = {
        "record_id": f"F21-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
    } | {f"{item}_fen": 100 * yuan for item, yuan in STATEMENT_YUAN.items()}
    return row | changes


STATEMENT_YUAN = {
    "cash": 100_000,
    "short_investments": 0,
    "notes_receivable": 0,
    "receivables": 250_000,
    "prepayments": 20_000,
    "other_receivables": 30_000,
    "inventory": 200_000,
    "current_assets": 600_000,
    "fixed_assets": 350_000,
    "construction": 0,
    "intangibles": 50_000,
    "noncurrent_assets": 400_000,
    "assets": 1_000_000,
    "short_debt": 150_000,
    "notes_payable": 0,
    "payables": 100_000,
    "advances": 10_000,
    "wages_payable": 20_000,
    "tax_payable": 10_000,
    "other_payables": 10_000,
    "current_liabilities": 300_000,
    "long_debt": 100_000,
    "liabilities": 400_000,
    "paid_in_capital": 500_000,
    "retained": 100_000,
    "equity": 600_000,
    "revenue": 500_000,
    "cost": 350_000,
    "surcharges": 2_000,
    "selling": 20_000,
    "admin": 50_000,
    "research": 15_000,
    "finance": 3_000,
    "interest": 2_500,
    "other_income": 0,
    "operating_profit": 60_000,
    "nonoperating": 0,
    "profit": 60_000,
    "income_tax": 10_000,
    "net_profit": 50_000,
}
"""The forty items of a sound statement, yuan."""
