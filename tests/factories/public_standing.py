"""Valid rows of what departments grant, list, promise and honour: licences, lists, commitments, honours."""

from datetime import date
from typing import Any

Row = dict[str, Any]


def licence(uscc: str, from_on: date = date(2024, 5, 6), doc_no: str = "", **changes: Any) -> Row:
    """F33: a food licence in force for five years."""
    number = doc_no or f"JY14403{from_on:%Y%m%d}"
    row = {
        "record_id": f"F33-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": from_on,
        "publish_date": from_on,
        "uscc": uscc,
        "doc_no": number,
        "item": "食品经营许可",
        "from_on": from_on,
        "to_on": from_on.replace(year=from_on.year + 5),
        "org": "市场监督管理局",
        "status": "有效",
    }
    return row | changes


def public_list(uscc: str, in_on: date = date(2025, 1, 9), list_code: str = "B-AQ-2025", **changes: Any) -> Row:
    """F35: on the black list of work safety."""
    row = {
        "record_id": f"F35-{uscc}-{list_code}-{in_on}",
        "op": "I",
        "version": 1,
        "event_date": in_on,
        "publish_date": in_on,
        "uscc": uscc,
        "list_code": list_code,
        "list_kind": "黑名单",
        "domain": "安全生产",
        "in_on": in_on,
        "out_on": None,
        "org": "应急管理局",
        "basis": "安全生产法",
    }
    return row | changes


def commitment(uscc: str, made_on: date = date(2025, 3, 4), commitment_no: str = "", **changes: Any) -> Row:
    """F36: a missing document promised within 60 days, not checked yet."""
    number = commitment_no or f"深诺{made_on:%Y%m%d}"
    row = {
        "record_id": f"F36-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": made_on,
        "publish_date": made_on,
        "uscc": uscc,
        "commitment_no": number,
        "kind": "容缺受理",
        "item": "建筑工程施工许可",
        "made_on": made_on,
        "due_on": date.fromordinal(made_on.toordinal() + 60),
        "state": "履行中",
        "checked_on": None,
    }
    return row | changes


def honour(uscc: str, from_on: date = date(2024, 6, 1), honour_code: str = "HN-CXQY", **changes: Any) -> Row:
    """F37: honest enterprise of the city for three years."""
    row = {
        "record_id": f"F37-{uscc}-{honour_code}-{from_on}",
        "op": "I",
        "version": 1,
        "event_date": from_on,
        "publish_date": from_on,
        "subject_type": "企业",
        "uscc": uscc,
        "person_hash": None,
        "honour_code": honour_code,
        "level": "市级",
        "from_on": from_on,
        "to_on": from_on.replace(year=from_on.year + 3),
        "org": "市场监督管理局",
        "opt_out": False,
    }
    return row | changes
