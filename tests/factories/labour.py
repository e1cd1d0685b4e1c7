"""Valid rows of labour: contributions owed, housing fund, disputes."""

from datetime import date
from typing import Any

from tests.factories.tax import Row, month_ending


def insurance_arrears(uscc: str, period: str = "2025-02", **changes: Any) -> Row:
    """F23: 6,000 yuan of contributions owed, struck at the end of the next month and not cleared."""
    owed, struck = month_ending(period), month_ending(_following(period))
    row = {
        "record_id": f"F23-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": struck,
        "publish_date": struck,
        "uscc": uscc,
        "period": owed,
        "arrears_fen": 600_000,
        "struck_on": struck,
        "cleared_on": None,
    }
    return row | changes


def housing_fund(uscc: str | None, period: str = "2025-05", members: int = 8, **changes: Any) -> Row:
    """F24: members paid for in full, nothing owed. `uscc=None` brings the account alone."""
    last = month_ending(period)
    row = {
        "record_id": f"F24-{uscc}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "account_no": "0101234567",
        "uscc": uscc,
        "name": "公积金单位0101234567",
        "period": last,
        "members": members,
        "base_total_fen": members * 800_000,
        "paid_fen": members * 80_000,
        "arrears_months": 0,
    }
    return row | changes


def labour_dispute(uscc: str, accepted_on: date = date(2025, 1, 20), case_no: str = "", **changes: Any) -> Row:
    """F25: three workers claim 30,000 yuan of wages from their employer; not decided yet."""
    number = case_no or f"深劳人仲案〔{accepted_on:%Y}〕{accepted_on:%m%d}号"
    row = {
        "record_id": f"F25-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": accepted_on,
        "publish_date": accepted_on,
        "uscc": uscc,
        "case_no": number,
        "type": "劳动报酬",
        "party": "用人单位",
        "n_workers": 3,
        "amount_fen": 3_000_000,
        "accepted_on": accepted_on,
        "closed_on": None,
        "result": None,
    }
    return row | changes


def _following(period: str) -> str:
    """The month after one written `2025-06`."""
    year, month = map(int, period.split("-"))
    return f"{year + month // 12}-{month % 12 + 1:02d}"
