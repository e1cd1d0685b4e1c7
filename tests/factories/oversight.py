"""Valid rows of who watches environment, safety, fire, construction and transport."""

from datetime import date
from typing import Any

from tests.factories.tax import month_ending

Row = dict[str, Any]


def environment_rating(uscc: str, year: int = 2024, **changes: Any) -> Row:
    """F38: graded blue."""
    row = {
        "record_id": f"F38-{uscc}-{year}",
        "op": "I",
        "version": 1,
        "event_date": date(year, 12, 31),
        "publish_date": date(year + 1, 3, 1),
        "uscc": uscc,
        "year": year,
        "grade": "蓝",
        "score": 82,
    }
    return row | changes


def discharge(uscc: str, month: str = "2025-03", **changes: Any) -> Row:
    """F39: a month with two days above the limit and one without a reading."""
    last = month_ending(month)
    row = {
        "record_id": f"F39-{uscc}-{month}",
        "op": "I",
        "version": 1,
        "event_date": last,
        "publish_date": last,
        "uscc": uscc,
        "permit_no": f"{uscc}001P",
        "month": last,
        "n_exceed": 2,
        "n_missing": 1,
    }
    return row | changes


def work_safety(uscc: str, recorded_on: date = date(2025, 2, 17), doc_no: str = "", **changes: Any) -> Row:
    """F40: an inspection that found five hazards, three of them put right."""
    number = doc_no or f"应急检查{recorded_on:%Y%m%d}"
    row = {
        "record_id": f"F40-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": recorded_on,
        "publish_date": recorded_on,
        "uscc": uscc,
        "doc_no": number,
        "kind": "检查",
        "hazard_n": 5,
        "fixed_n": 3,
        "accident_level": None,
        "recorded_on": recorded_on,
    }
    return row | changes


def fire_inspection(
    uscc: str | None, inspected_on: date = date(2025, 1, 22), name: str = "某公司", doc_no: str = "", **changes: Any
) -> Row:
    """F41: ordered to put right what was found."""
    number = doc_no or f"消检{inspected_on:%Y%m%d}"
    row = {
        "record_id": f"F41-{number}-{name}",
        "op": "I",
        "version": 1,
        "event_date": inspected_on,
        "publish_date": inspected_on,
        "uscc": uscc,
        "name": name,
        "address": "深圳市南山区科技路1号",
        "doc_no": number,
        "result": "责令改正",
        "inspected_on": inspected_on,
    }
    return row | changes


def construction_conduct(
    uscc: str, assessed_on: date = date(2025, 2, 28), project_no: str = "4403052025001", **changes: Any
) -> Row:
    """F42: a contractor of the second class, scored 84, with one bad act."""
    row = {
        "record_id": f"F42-{uscc}-{project_no}-{assessed_on}",
        "op": "I",
        "version": 1,
        "event_date": assessed_on,
        "publish_date": assessed_on,
        "uscc": uscc,
        "project_no": project_no,
        "qualification": "二级",
        "score": 84,
        "bad_acts": 1,
        "assessed_on": assessed_on,
    }
    return row | changes


def transport_violation(uscc: str, violated_on: date = date(2025, 3, 14), doc_no: str = "", **changes: Any) -> Row:
    """F43: an overloaded lorry, three points."""
    number = doc_no or f"深交罚{violated_on:%Y%m%d}"
    row = {
        "record_id": f"F43-{uscc}-{number}",
        "op": "I",
        "version": 1,
        "event_date": violated_on,
        "publish_date": violated_on,
        "uscc": uscc,
        "plate_hash": "ef" * 16,
        "doc_no": number,
        "act": "超限超载",
        "points": 3,
        "violated_on": violated_on,
    }
    return row | changes
