"""Valid rows of the courts: cases, enforcement, lists, restrictions, freezes. `uscc=None` brings the name alone."""

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


def consumption_restriction(
    uscc: str | None, name: str = "某公司", from_on: date = date(2025, 4, 8), case_no: str = "", **changes: Any
) -> Row:
    """F29: an enterprise and its legal representative restricted."""
    number = case_no or f"(2025)粤0305执{from_on:%m%d}号"
    row = {
        "record_id": f"F29-{number}-{name}",
        "op": "I",
        "version": 1,
        "event_date": from_on,
        "publish_date": from_on,
        "uscc": uscc,
        "name": name,
        "person_hash": "ab" * 32,
        "case_no": number,
        "from_on": from_on,
        "lifted_on": None,
    }
    return row | changes


def judicial_freeze(uscc: str, from_on: date = date(2025, 3, 3), notice_no: str = "", **changes: Any) -> Row:
    """F30: shares of 100,000 yuan frozen for three years."""
    number = notice_no or f"(2025)粤0305执保{from_on:%m%d}号"
    row = {
        "record_id": f"F30-{number}-{uscc}",
        "op": "I",
        "version": 1,
        "event_date": from_on,
        "publish_date": from_on,
        "uscc": uscc,
        "notice_no": number,
        "holder_hash": "cd" * 32,
        "amount_fen": 10_000_000,
        "from_on": from_on,
        "to_on": from_on.replace(year=from_on.year + 3),
        "renew": False,
    }
    return row | changes


def bankruptcy(uscc: str, stage_on: date = date(2025, 1, 20), stage: str = "受理", **changes: Any) -> Row:
    """F31: a court has accepted a petition."""
    row = {
        "record_id": f"F31-{uscc}-{stage}",
        "op": "I",
        "version": 1,
        "event_date": stage_on,
        "publish_date": stage_on,
        "uscc": uscc,
        "case_no": "(2025)粤03破12号",
        "stage": stage,
        "stage_on": stage_on,
    }
    return row | changes


def voluntary_performance(
    uscc: str | None, name: str = "某公司", performed_on: date = date(2025, 2, 5), cert_no: str = "", **changes: Any
) -> Row:
    """F32: a judgment of 30,000 yuan performed, and listed for a year."""
    number = cert_no or f"履行证明{performed_on:%Y%m%d}"
    row = {
        "record_id": f"F32-{number}",
        "op": "I",
        "version": 1,
        "event_date": performed_on,
        "publish_date": performed_on,
        "uscc": uscc,
        "name": name,
        "person_hash": None,
        "cert_no": number,
        "case_no": "(2024)粤0305民初88号",
        "performed_on": performed_on,
        "amount_fen": 3_000_000,
        "listed_from": performed_on,
        "listed_to": performed_on.replace(year=performed_on.year + 1),
    }
    return row | changes
