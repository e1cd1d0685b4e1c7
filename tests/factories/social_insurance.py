"""Valid rows of social insurance."""

from typing import Any

from tests.factories.tax import Row, month_ending


def social_insurance(uscc: str, period: str = "2025-05", insured_n: int = 12, **changes: Any) -> Row:
    """F22: staff insured and paid for in full, nobody new and nobody gone."""
    last = month_ending(period)
    row = {
        "record_id": f"F22-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "period": last,
        "insured_n": insured_n,
        "base_total_fen": insured_n * 600_000,
        "payable_fen": insured_n * 150_000,
        "paid_fen": insured_n * 150_000,
        "new_n": 0,
        "left_n": 0,
    }
    return row | changes
