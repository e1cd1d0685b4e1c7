"""Valid rows of financing platforms, guarantors and insurers."""

from datetime import date
from typing import Any

from tests.factories.tax import Row


def financing_demand(uscc: str, submitted_on: date = date(2025, 3, 10), **changes: Any) -> Row:
    """F61: a million yuan for twelve months of working capital, not decided."""
    row = {
        "record_id": f"F61-{uscc}-{submitted_on}",
        "op": "I",
        "version": 1,
        "event_date": submitted_on,
        "publish_date": submitted_on,
        "demand_no": f"XQ{submitted_on:%Y%m%d}",
        "uscc": uscc,
        "amount_fen": 100_000_000,
        "purpose": "流动资金",
        "term_months": 12,
        "guarantee": "信用",
        "submitted_on": submitted_on,
        "state": "已提交",
        "closed_on": None,
    }
    return row | changes


def guarantee(uscc: str, starts_on: date = date(2025, 1, 1), **changes: Any) -> Row:
    """F62: a guarantor stands for a million yuan until the end of the year; nothing claimed."""
    row = {
        "record_id": f"F62-{uscc}-{starts_on}",
        "op": "I",
        "version": 1,
        "event_date": starts_on,
        "publish_date": starts_on,
        "uscc": uscc,
        "policy_no": f"DB{starts_on:%Y%m%d}",
        "kind": "融资担保",
        "amount_fen": 100_000_000,
        "starts_on": starts_on,
        "ends_on": starts_on.replace(month=12, day=31),
        "claim_fen": 0,
        "claimed_on": None,
    }
    return row | changes


def guaranteed_loan(uscc: str, happened_on: date = date(2025, 1, 10), **changes: Any) -> Row:
    """F62L: 50,000 dollars approved for an existing shop, half of them guaranteed."""
    row = {
        "record_id": f"F62L-{uscc}-{happened_on}",
        "op": "I",
        "version": 1,
        "event_date": happened_on,
        "publish_date": happened_on,
        "uscc": uscc,
        "loan_no_hash": "0123456789abcdef",
        "stage": "批准",
        "happened_on": happened_on,
        "weight_milli": 1_000,
        "lender_no": 7,
        "lender_state": "CA",
        "lender_near": "是",
        "state": "CA",
        "sector": "44",
        "amount_usd_cents": 5_000_000,
        "guaranteed_usd_cents": 2_500_000,
        "employees": 3,
        "jobs_created": 1,
        "jobs_retained": 3,
        "firm_stage": "已有",
        "franchise": "否",
        "area": "城市",
        "revolving": "否",
        "short_form": "否",
    }
    return row | changes
