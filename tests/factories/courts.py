"""Valid rows of the courts: cases, enforcements, dishonest debtors. `uscc=None` brings the name alone."""

from datetime import date
from typing import Any

Row = dict[str, Any]


def court_case(
    uscc: str | None, name: str = "某公司", filed_on: date = date(2025, 2, 10), case_no: str = "", **changes: Any
) -> Row:
    """F26: sued over a sales contract for 200,000 yuan, not judged yet."""
    number = case_no or f"(2025)粤0305民初{filed_on:%m%d}号"
    row = {
        "record_id": f"F26-{number}-{name}",
        "op": "I",
        "version": 1,
        "event_date": filed_on,
        "publish_date": filed_on,
        "uscc": uscc,
        "name": name,
        "case_no": number,
        "role": "被告",
        "cause": "买卖合同纠纷",
        "amount_fen": 20_000_000,
        "filed_on": filed_on,
        "judged_on": None,
        "outcome": None,
    }
    return row | changes


def enforcement(
    uscc: str | None, name: str = "某公司", filed_on: date = date(2025, 4, 1), case_no: str = "", **changes: Any
) -> Row:
    """F27: a judgment of 200,000 yuan being enforced."""
    number = case_no or f"(2025)粤0305执{filed_on:%m%d}号"
    row = {
        "record_id": f"F27-{number}-{name}",
        "op": "I",
        "version": 1,
        "event_date": filed_on,
        "publish_date": filed_on,
        "uscc": uscc,
        "name": name,
        "case_no": number,
        "court": "深圳市南山区人民法院",
        "amount_fen": 20_000_000,
        "filed_on": filed_on,
        "closed_on": None,
        "closed_way": None,
    }
    return row | changes


def dishonest_debtor(
    uscc: str | None, name: str = "某公司", published_on: date = date(2025, 5, 6), case_no: str = "", **changes: Any
) -> Row:
    """F28: listed for having performed nothing."""
    number = case_no or f"(2025)粤0305执{published_on:%m%d}号"
    row = {
        "record_id": f"F28-{number}-{name}",
        "op": "I",
        "version": 1,
        "event_date": published_on,
        "publish_date": published_on,
        "uscc": uscc,
        "name": name,
        "case_no": number,
        "duty": "支付货款",
        "performance": "全未",
        "act": "有履行能力而拒不履行",
        "published_on": published_on,
        "removed_on": None,
    }
    return row | changes
