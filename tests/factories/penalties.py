"""Valid rows of administrative penalties."""

from datetime import date
from typing import Any

Row = dict[str, Any]


def penalty(uscc: str, decided_on: date = date(2025, 1, 15), **changes: Any) -> Row:
    """F34: fined 5,000 yuan for an ordinary breach."""
    row = {
        "record_id": f"F34-{uscc}-{decided_on}",
        "op": "I",
        "version": 1,
        "event_date": decided_on,
        "publish_date": decided_on,
        "uscc": uscc,
        "doc_no": f"深市监罚字[{decided_on:%Y}]{decided_on:%m%d}号",
        "act": "标签不符合规定",
        "basis": "产品质量法",
        "kind": "罚款",
        "fine_fen": 500_000,
        "confiscated_fen": 0,
        "decided_on": decided_on,
        "published_on": decided_on,
        "severity": "一般",
        "domain": None,
        "revoked_on": None,
        "repaired_on": None,
    }
    return row | changes
