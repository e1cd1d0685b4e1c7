"""Valid rows of property and tenancy."""

from datetime import date
from typing import Any

from tests.factories.tax import Row


def real_estate(uscc: str, starts_on: date = date(2020, 6, 1), right: str = "所有权", **changes: Any) -> Row:
    """F50: a factory of 800 square metres it owns alone; as 抵押权, mortgaged for 3 million yuan."""
    mortgage = right == "抵押权"
    row = {
        "record_id": f"F50-{uscc}-{right}-{starts_on}",
        "op": "I",
        "version": 1,
        "event_date": starts_on,
        "publish_date": starts_on,
        "uscc": uscc,
        "cert_no_hash": f"{starts_on:%Y%m%d}00000000",
        "right_kind": right,
        "purpose": "工业",
        "area_m2": 800,
        "share_bp": 10_000,
        "mortgage_fen": 300_000_000 if mortgage else None,
        "mortgagee": "深圳示例银行" if mortgage else None,
        "sealed": False,
        "starts_on": starts_on,
        "ends_on": None,
    }
    return row | changes


def tenancy(uscc: str, starts_on: date = date(2024, 1, 1), **changes: Any) -> Row:
    """F51: 200 square metres for 16,000 yuan a month, to the end of 2026."""
    row = {
        "record_id": f"F51-{uscc}-{starts_on}",
        "op": "I",
        "version": 1,
        "event_date": starts_on,
        "publish_date": starts_on,
        "uscc": uscc,
        "address": "深圳市南山区科技路1号",
        "building_id": "440305-B0001",
        "starts_on": starts_on,
        "ends_on": date(2026, 12, 31),
        "area_m2": 200,
        "rent_fen": 1_600_000,
        "hosted": False,
    }
    return row | changes
