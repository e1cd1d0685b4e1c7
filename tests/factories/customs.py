"""Valid rows of customs: grades and months of trade."""

from datetime import date
from typing import Any

from tests.factories.tax import Row, month_ending


def customs_grade(uscc: str, begins_on: date = date(2021, 6, 1), **changes: Any) -> Row:
    """F44: an ordinary registered declarant, still so."""
    row = {
        "record_id": f"F44-{uscc}-{begins_on}",
        "op": "I",
        "version": 1,
        "event_date": begins_on,
        "publish_date": begins_on,
        "uscc": uscc,
        "grade": "注册",
        "begins_on": begins_on,
        "ends_on": None,
    }
    return row | changes


def trade_month(uscc: str, period: str = "2025-04", direction: str = "出口", **changes: Any) -> Row:
    """F45: 10,000 US dollars exported on two declarations."""
    last = month_ending(period)
    row = {
        "record_id": f"F45-{uscc}-{period}-{direction}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
        "direction": direction,
        "amount_usd_cents": 1_000_000,
        "declarations": 2,
        "top_country": "USA",
    }
    return row | changes
