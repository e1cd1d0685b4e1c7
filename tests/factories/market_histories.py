"""Random records of market regulation for a firm's history."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from features.contracts.abnormal_listing import ABNORMAL_REASONS
from features.contracts.complaint import COMPLAINT_OUTCOMES, COMPLAINT_TOPICS
from features.contracts.inspection import INSPECTION_RESULTS
from features.contracts.movable_security import SECURITY_KINDS
from features.contracts.officer import OFFICER_ROLES
from features.definitions.inspection import QUALITY_SAMPLING
from tests.factories.market import (
    Row,
    abnormal_listing,
    annual_report,
    complaint,
    deregistration,
    equity_pledge,
    inspection,
    movable_security,
    officer,
    open_complaint,
    serious_violation,
    shareholder,
)

Maybe = Callable[[Any], Any]


def market_rows(chance: Random, firm: str, day: Callable[[], date], maybe: Maybe, last_day: date) -> list[Row]:
    """First versions: some of everything, ended or not by the last day."""
    once: list[Callable[[int], Row]] = [
        lambda n: shareholder(firm, day(), n, left_on=maybe(last_day), due_date=maybe(day() + timedelta(1400))),
        lambda n: officer(firm, chance.choice(OFFICER_ROLES), day(), n, resigned_on=maybe(last_day)),
        lambda n: _numbered("F06", n, _listing(chance, firm, day(), maybe(last_day))),
        lambda n: _inspection(chance, firm, day(), n),
        lambda n: _numbered("F10", n, equity_pledge(firm, day(), released_on=maybe(last_day))),
        lambda n: _security(chance, firm, day(), maybe(last_day), n),
        lambda n: _complaint(chance, firm, day(), n),
        lambda n: open_complaint(firm, day(), n + 10, topic=chance.choice(COMPLAINT_TOPICS)),
    ]
    rows = [make(n) for make in once for n in range(chance.randrange(1, 5))]
    rows += [_report(chance, firm, year) for year in (2020, 2021, 2022, 2023) if chance.random() < 0.9]
    rows.append(_numbered("F07", 0, serious_violation(firm, day(), removed_on=maybe(last_day))))
    rows.append(deregistration(firm, day(), chance.choice(["注销", "吊销"])))
    return rows


def _numbered(feed: str, number: int, row: Row) -> Row:
    return row | {"record_id": f"{feed}-{row['uscc']}-{number}"}


def _listing(chance: Random, firm: str, listed_on: date, removed_on: date | None) -> Row:
    reason = None if removed_on is None else "已更正"
    return abnormal_listing(
        firm, listed_on, chance.choice(ABNORMAL_REASONS), removed_on=removed_on, removal_reason=reason
    )


def _inspection(chance: Random, firm: str, inspected_on: date, number: int) -> Row:
    item = chance.choice([QUALITY_SAMPLING, "公示信息检查"])
    row = inspection(firm, inspected_on, chance.choice([None, "正常", *INSPECTION_RESULTS]), item=item)
    return _numbered("F09", number, row)


def _security(chance: Random, firm: str, registered_on: date, ended_on: date | None, number: int) -> Row:
    kind, debt = chance.choice(SECURITY_KINDS), chance.choice([None, chance.randrange(10**9)])
    row = movable_security(firm, registered_on, kind=kind, debt_fen=debt, ended_on=ended_on, due_on=None)
    return _numbered("F11", number, row)


def _complaint(chance: Random, firm: str, filed_on: date, number: int) -> Row:
    outcome, topic = chance.choice(COMPLAINT_OUTCOMES), chance.choice(COMPLAINT_TOPICS)
    return complaint(firm, filed_on, number, kind=chance.choice(["投诉", "举报"]), outcome=outcome, topic=topic)


def _report(chance: Random, firm: str, year: int) -> Row:
    figures = {name: chance.randrange(10**9) for name in ("assets_fen", "liabilities_fen", "revenue_fen")}
    profit, staff = chance.randrange(-(10**8), 10**8), chance.choice([None, 3, 40])
    late, guarantee = chance.choice([0, 0, 45]), chance.random() < 0.3
    return annual_report(firm, year, late, **figures, net_profit_fen=profit, headcount=staff, guarantee=guarantee)
