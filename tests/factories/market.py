"""Valid rows of market regulation beside registrations: holders, officers, reports, lists, inspections, complaints."""

from datetime import date
from typing import Any

Row = dict[str, Any]


def _row(record_id: str, event_date: date, uscc: str | None, columns: Row, changes: Row) -> Row:
    """With the common columns before the feed's own and the changes last."""
    common = {
        "record_id": record_id,
        "op": "I",
        "version": 1,
        "event_date": event_date,
        "publish_date": event_date,
        "uscc": uscc,
    }
    return common | columns | changes


def shareholder(uscc: str, entered_on: date = date(2024, 3, 5), holder: int = 1, **changes: Any) -> Row:
    """F03: a person who holds two fifths and paid half of what is due in 2040."""
    columns = {
        "holder_type": "自然人",
        "holder_hash": f"{holder:016x}",
        "holder_name": None,
        "subscribed_fen": 40_000_000,
        "paid_fen": 20_000_000,
        "pct_bp": 4_000,
        "due_date": date(2040, 12, 31),
        "entered_on": entered_on,
        "left_on": None,
    }
    return _row(f"F03-{uscc}-{holder}-{entered_on}", entered_on, uscc, columns, changes)


def officer(
    uscc: str, role: str = "董事", appointed_on: date = date(2024, 3, 5), person: int = 1, **changes: Any
) -> Row:
    """F04: in office."""
    columns = {"person_hash": f"{person:016x}", "role": role, "appointed_on": appointed_on, "resigned_on": None}
    return _row(f"F04-{uscc}-{role}-{person}-{appointed_on}", appointed_on, uscc, columns, changes)


def annual_report(uscc: str, year: int = 2024, late_days: int = 0, **changes: Any) -> Row:
    """F05: a small firm that earned a little; filed on 30 June, or so many days later."""
    due = date(year + 1, 6, 30)
    columns = {
        "year": year,
        "filed_on": date.fromordinal(due.toordinal() + late_days),
        "late_days": late_days,
        "headcount": 8,
        "assets_fen": 200_000_000,
        "liabilities_fen": 80_000_000,
        "revenue_fen": 400_000_000,
        "main_revenue_fen": 300_000_000,
        "profit_fen": 25_000_000,
        "net_profit_fen": 20_000_000,
        "tax_total_fen": 12_000_000,
        "guarantee": False,
        "website": None,
        "public_flag": False,
    }
    filed = {"publish_date": columns["filed_on"]}
    return _row(f"F05-{uscc}-{year}", date(year, 12, 31), uscc, columns, filed | changes)


def abnormal_listing(uscc: str, listed_on: date = date(2024, 7, 10), reason: str = "未年报", **changes: Any) -> Row:
    """F06: listed for not reporting, and still listed."""
    columns = {
        "listed_on": listed_on,
        "reason": reason,
        "listed_by": "深圳市市场监督管理局南山监管局",
        "removed_on": None,
        "removal_reason": None,
    }
    return _row(f"F06-{uscc}-{listed_on}-{reason}", listed_on, uscc, columns, changes)


def serious_violation(uscc: str, listed_on: date = date(2024, 7, 10), **changes: Any) -> Row:
    """F07: listed by the city, and still listed."""
    columns = {
        "listed_on": listed_on,
        "basis": "提交虚假材料取得登记",
        "listed_by": "深圳市市场监督管理局",
        "removed_on": None,
    }
    return _row(f"F07-{uscc}-{listed_on}", listed_on, uscc, columns, changes)


def deregistration(uscc: str, happened_on: date = date(2024, 7, 10), kind: str = "注销", **changes: Any) -> Row:
    """F08: cancelled after an ordinary liquidation."""
    columns = {"kind": kind, "ended_on": happened_on, "reason": "决议解散", "simple_flag": False}
    return _row(f"F08-{uscc}-{kind}-{happened_on}", happened_on, uscc, columns, changes)


def inspection(uscc: str, inspected_on: date = date(2024, 9, 2), result: str | None = "正常", **changes: Any) -> Row:
    """F09: nothing found."""
    columns = {
        "task_id": f"SZ{inspected_on:%Y%m%d}",
        "plan": f"{inspected_on:%Y}年度双随机抽查计划",
        "item": "公示信息检查",
        "org": "市场监管",
        "result": result,
        "result_text": None,
        "inspected_on": inspected_on,
    }
    return _row(f"F09-{uscc}-{inspected_on}", inspected_on, uscc, columns, changes)


def equity_pledge(uscc: str, pledged_on: date = date(2024, 9, 2), **changes: Any) -> Row:
    """F10: half a million yuan of equity pledged to a bank, in force."""
    columns = {
        "reg_no": f"4403{pledged_on:%Y%m%d}",
        "pledgor_hash": f"{1:016x}",
        "pledgee_type": "银行",
        "pledgee_hash": f"{2:016x}",
        "amount_fen": 50_000_000,
        "shares_n": None,
        "pledged_on": pledged_on,
        "released_on": None,
        "status": "有效",
    }
    return _row(f"F10-{uscc}-{pledged_on}", pledged_on, uscc, columns, changes)


def movable_security(uscc: str, registered_on: date = date(2024, 9, 2), **changes: Any) -> Row:
    """F11: receivables pledged for a debt of 300,000 yuan, in force."""
    columns = {
        "reg_no": f"{registered_on:%Y%m%d}01",
        "kind": "应收账款质押",
        "secured_party": "深圳某银行",
        "debt_fen": 30_000_000,
        "collateral": "应收账款",
        "registered_on": registered_on,
        "due_on": date(2027, 9, 2),
        "ended_on": None,
        "status": "有效",
    }
    return _row(f"F11-{uscc}-{registered_on}", registered_on, uscc, columns, changes)


def complaint(uscc: str | None, filed_on: date = date(2025, 2, 3), number: int = 1, **changes: Any) -> Row:
    """F12: about quality, for 300 yuan, settled after nine days."""
    closed_on = date.fromordinal(filed_on.toordinal() + 9)
    columns = {
        "shop_name": "某某商行",
        "case_no": f"12315{filed_on:%Y%m%d}{number:04d}",
        "kind": "投诉",
        "topic": "质量",
        "amount_fen": 30_000,
        "filed_on": filed_on,
        "closed_on": closed_on,
        "outcome": "调解成功",
        "days_to_close": 9,
    }
    return _row(f"F12-{uscc}-{filed_on}-{number}", filed_on, uscc, columns, {"publish_date": closed_on} | changes)


def open_complaint(uscc: str | None, filed_on: date = date(2025, 2, 3), number: int = 1, **changes: Any) -> Row:
    """F12: not closed yet."""
    nothing = {"closed_on": None, "outcome": None, "days_to_close": None, "publish_date": filed_on}
    return complaint(uscc, filed_on, number) | nothing | changes
