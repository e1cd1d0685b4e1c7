"""Valid rows of public money: subsidies, procurement, complaints about payment."""

from datetime import date
from typing import Any

from tests.factories.tax import Row


def subsidy(uscc: str, paid_on: date = date(2024, 9, 10), policy_code: str = "LH-2024-017", **changes: Any) -> Row:
    """F56: 50,000 yuan paid and kept."""
    row = {
        "record_id": f"F56-{uscc}-{policy_code}-{paid_on}",
        "op": "I",
        "version": 1,
        "event_date": paid_on,
        "publish_date": paid_on,
        "uscc": uscc,
        "policy_code": policy_code,
        "batch": f"{paid_on:%Y%m}",
        "amount_fen": 5_000_000,
        "paid_on": paid_on,
        "recovered_on": None,
    }
    return row | changes


def procurement(
    uscc: str, announced_on: date = date(2024, 8, 15), role: str = "中标", project_no: str = "", **changes: Any
) -> Row:
    """F57: a contract of 300,000 yuan won alone."""
    number = project_no or f"SZCG{announced_on:%Y%m%d}"
    row = {
        "record_id": f"F57-{uscc}-{number}-{role}",
        "op": "I",
        "version": 1,
        "event_date": announced_on,
        "publish_date": announced_on,
        "uscc": uscc,
        "project_no": number,
        "role": role,
        "consortium": False,
        "amount_fen": 30_000_000,
        "announced_on": announced_on,
    }
    return row | changes


def payment_complaint(
    uscc: str, complained_on: date = date(2025, 2, 14), role: str = "被投诉人", case_no: str = "", **changes: Any
) -> Row:
    """F59: said to owe a supplier 80,000 yuan; accepted and not settled."""
    number = case_no or f"ZXQY{complained_on:%Y%m%d}"
    row = {
        "record_id": f"F59-{uscc}-{number}-{role}",
        "op": "I",
        "version": 1,
        "event_date": complained_on,
        "publish_date": complained_on,
        "uscc": uscc,
        "case_no": number,
        "role": role,
        "amount_fen": 8_000_000,
        "state": "受理",
        "complained_on": complained_on,
    }
    return row | changes
