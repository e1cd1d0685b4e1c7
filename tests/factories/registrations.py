"""Valid rows of market regulation: registrations and their changes."""

from datetime import date
from typing import Any

Row = dict[str, Any]


def registration(uscc: str, name: str = "", est_date: date = date(2018, 5, 4), **changes: Any) -> Row:
    """F01: an existing trading company, its name made from its code unless told."""
    row = {
        "record_id": f"F01-{uscc}",
        "op": "I",
        "version": 1,
        "event_date": est_date,
        "publish_date": est_date,
        "uscc": uscc,
        "reg_no": None,
        "outside_key": None,
        "name": name or f"深圳市{uscc[8:16]}贸易有限公司",
        "kind": "有限责任公司",
        "legal_rep_hash": None,
        "reg_capital_fen": 100_000_000,
        "est_date": est_date,
        "address": "深圳市南山区",
        "division": "440305",
        "section": "F",
        "industry": "F5211",
        "status": "存续",
        "licence_end": None,
    }
    return row | changes


def registration_change(uscc: str, change_date: date = date(2025, 3, 3), item: str = "法人", **changes: Any) -> Row:
    """F02: another legal representative."""
    row = {
        "record_id": f"F02-{uscc}-{change_date}-{item}",
        "op": "I",
        "version": 1,
        "event_date": change_date,
        "publish_date": change_date,
        "uscc": uscc,
        "change_date": change_date,
        "item": item,
        "before": "张*",
        "after": "李*",
    }
    return row | changes
