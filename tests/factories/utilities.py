"""Valid rows of water and gas suppliers. `uscc=None` brings the holder's name alone."""

from datetime import timedelta
from typing import Any

from tests.factories.tax import Row, month_ending


def _bill(feed: str, uscc: str | None, period: str, m3: int) -> Row:
    last = month_ending(period)
    return {
        "record_id": f"{feed}-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "account": f"A{str(uscc)[8:16]}",
        "uscc": uscc,
        "name": "某公司",
        "period": last,
        "m3": m3,
        "amount_fen": m3 * 400,
        "due_on": last + timedelta(days=20),
        "paid_on": last + timedelta(days=10),
    }


def water(uscc: str | None, period: str = "2025-05", m3: int = 60, **changes: Any) -> Row:
    """F48: one account's month, 4 yuan a cubic metre, paid in time."""
    return _bill("F48", uscc, period, m3) | {"months_covered": 1} | changes


def gas(uscc: str | None, period: str = "2025-05", m3: int = 300, **changes: Any) -> Row:
    """F49: one account's month, paid in time."""
    return _bill("F49", uscc, period, m3) | changes
