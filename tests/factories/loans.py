"""Valid rows of bank feedback."""

from datetime import date
from typing import Any

from tests.factories.tax import Row, month_ending


def loan_feedback(uscc: str, period: str = "2025-05", dpd: int = 0, **changes: Any) -> Row:
    """F60: half a million yuan for twelve months, paid as agreed."""
    last = month_ending(period)
    loan = f"{uscc[8:16]:0>16}".lower().translate(str.maketrans("ghijklmnopqrstuvwxyz", "0" * 20))
    row = {
        "record_id": f"F60-{loan}-{period}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "loan_no_hash": loan,
        "bank": "深圳示例银行",
        "product": "小微信用贷",
        "amount_fen": 50_000_000,
        "rate_bps": 435,
        "term_months": 12,
        "secured": "信用",
        "granted_on": date(2025, 1, 10),
        "period": last,
        "balance_fen": 30_000_000,
        "dpd": dpd,
        "class5": "正常",
        "bank_grade": None,
        "weight": 1.0,
    }
    return row | changes
