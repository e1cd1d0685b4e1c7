"""Valid rows of evaluation, shopping circles and electronic service."""

from datetime import date
from typing import Any

from tests.factories.tax import Row, month_ending


def public_evaluation(uscc: str, period: str = "2025-03", grade: str = "良", **changes: Any) -> Row:
    """F58: graded good."""
    last = month_ending(period)
    row = {
        "record_id": f"F58-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
        "grade": grade,
    }
    return row | changes


def merchant_review(uscc: str, happened_on: date = date(2025, 4, 5), kind: str = "扫码", **changes: Any) -> Row:
    """F63: a visitor scans a shop's code at ten."""
    visitor = changes.get("visitor_hash", "00000000000000aa")
    row = {
        "record_id": f"F63-{uscc}-{happened_on}-{kind}-{visitor}",
        "op": "I",
        "version": 1,
        "event_date": happened_on,
        "publish_date": happened_on,
        "merchant_id": f"S{uscc[8:16]}",
        "uscc": uscc,
        "happened_on": happened_on,
        "minute": 600,
        "kind": kind,
        "visitor_hash": visitor,
        "score": 5 if kind == "评价" else None,
        "closed_on": None,
        "handled_minutes": None,
    }
    return row | changes


def service_address(uscc: str, consented_on: date = date(2024, 9, 2), **changes: Any) -> Row:
    """F64: papers by e-mail and mobile at its own address."""
    row = {
        "record_id": f"F64-{uscc}-{consented_on}",
        "op": "I",
        "version": 1,
        "event_date": consented_on,
        "publish_date": consented_on,
        "uscc": uscc,
        "commit_no": f"CN{consented_on:%Y%m%d}",
        "email_hash": "0" * 16,
        "mobile_hash": "1" * 16,
        "consented_on": consented_on,
        "host_id": None,
        "bounced_on": None,
        "replied_on": None,
        "withdrawn_on": None,
    }
    return row | changes
