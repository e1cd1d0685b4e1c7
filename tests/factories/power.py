"""Valid rows of the power supplier: monthly consumption, unpaid bills."""

from datetime import date
from typing import Any

from tests.factories.tax import Row, month_ending


def electricity(uscc: str, period: str = "2025-05", kwh: int = 3_000, **changes: Any) -> Row:
    """F46: one meter's month at 0.8 yuan a kilowatt hour."""
    last = month_ending(period)
    row = {
        "record_id": f"F46-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "meter_no": f"M{uscc[8:16]}",
        "uscc": uscc,
        "period": last,
        "kwh": kwh,
        "amount_fen": kwh * 80,
        "paid_on": None,
        "voltage": "低压",
    }
    return row | changes


def power_arrears(uscc: str, arose_on: date = date(2025, 2, 1), **changes: Any) -> Row:
    """F47: a bill of 3,000 yuan unpaid and dunned."""
    row = {
        "record_id": f"F47-{uscc}-{arose_on}",
        "op": "I",
        "version": 1,
        "event_date": arose_on,
        "publish_date": arose_on,
        "account": f"A{uscc[8:16]}",
        "uscc": uscc,
        "kind": "欠费",
        "amount_fen": 300_000,
        "dunned_on": arose_on,
        "cleared_on": None,
        "justified": False,
        "proof_no": None,
    }
    return row | changes
