"""Valid rows of intellectual property, qualifications and research."""

from datetime import date
from typing import Any

from tests.factories.tax import Row


def patent(uscc: str, filed_on: date = date(2022, 3, 1), **changes: Any) -> Row:
    """F52: an invention granted two years after filing and in force."""
    row = {
        "record_id": f"F52-{uscc}-{filed_on}",
        "op": "I",
        "version": 1,
        "event_date": filed_on,
        "publish_date": filed_on,
        "uscc": uscc,
        "patent_no": f"CN{filed_on:%Y%m%d}",
        "kind": "发明",
        "filed_on": filed_on,
        "granted_on": filed_on.replace(year=filed_on.year + 2),
        "status": "有效",
        "pledged": False,
        "owners": 1,
    }
    return row | changes


def trademark(uscc: str, starts_on: date = date(2022, 5, 1), kind: str = "商标", **changes: Any) -> Row:
    """F53: a trademark in class 9, or a copyright."""
    row = {
        "record_id": f"F53-{uscc}-{starts_on}-{kind}",
        "op": "I",
        "version": 1,
        "event_date": starts_on,
        "publish_date": starts_on,
        "uscc": uscc,
        "reg_no": f"{starts_on:%Y%m%d}",
        "kind": kind,
        "nice_class": 9 if kind == "商标" else None,
        "starts_on": starts_on,
        "ends_on": starts_on.replace(year=starts_on.year + 10),
        "status": "有效",
    }
    return row | changes


def qualification(uscc: str, starts_on: date = date(2023, 10, 16), list_code: str = "GXJS", **changes: Any) -> Row:
    """F54: a high-tech enterprise for three years."""
    row = {
        "record_id": f"F54-{uscc}-{list_code}-{starts_on}",
        "op": "I",
        "version": 1,
        "event_date": starts_on,
        "publish_date": starts_on,
        "uscc": uscc,
        "list_code": list_code,
        "list_name": "国家高新技术企业",
        "year": starts_on.year,
        "level": "国家级",
        "starts_on": starts_on,
        "ends_on": starts_on.replace(year=starts_on.year + 3),
    }
    return row | changes


def research_project(uscc: str, year: int = 2023, project_no: str = "KJ001", **changes: Any) -> Row:
    """F55: a project funded with 500,000 yuan on which 2 million were spent."""
    row = {
        "record_id": f"F55-{uscc}-{project_no}-{year}",
        "op": "I",
        "version": 1,
        "event_date": date(year, 12, 31),
        "publish_date": date(year + 1, 3, 1),
        "uscc": uscc,
        "project_no": project_no,
        "year": year,
        "stage": "在研",
        "amount_fen": 50_000_000,
        "rd_expense_fen": 200_000_000,
    }
    return row | changes
