"""The algebra told a second time, slowly and obviously: Python over lists of records, one enterprise and one day.

Nothing here is shared with the executions but the declarations: it is what they are compared with.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from bureau.clock import SHANGHAI
from features.contracts.contract import Contract
from features.engine.algebra import Definition, Feature, Kind, Operation
from features.engine.rows import (
    Arithmetic,
    AsOf,
    Both,
    Column,
    Comparison,
    Either,
    Expression,
    IsKnown,
    LegalDay,
    Literal,
    Mapped,
    Not,
    OneOf,
)
from features.engine.windows import Step
from features.law.horizons import legal_day

Record = Mapping[str, Any]
"""Own columns, event_date, record_id, version, op, received_at (an instant)."""

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def newest_known(versions: Iterable[Record], as_of: date) -> list[Record]:
    """Of each record the highest version received before the end of the day in Shanghai; withdrawn ones are gone."""
    newest: dict[str, Record] = {}
    for version in sorted(versions, key=lambda row: (row["received_at"], row["version"])):
        known_on = version["received_at"].astimezone(SHANGHAI).date()
        present = newest.get(version["record_id"])
        if known_on <= as_of and (present is None or version["version"] > present["version"]):
            newest[version["record_id"]] = version
    return [record for record in newest.values() if record["op"] != "D"]


def evaluate(
    definition: Definition, feeds: Mapping[str, Sequence[Record]], as_of: date, connected: Iterable[str]
) -> float | str | None:
    """The value for a known enterprise. feeds: its newest known records by feed. connected: feeds known that day."""
    if isinstance(definition, Feature):
        entering = [row for row in feeds.get(definition.feed.code, ()) if enters(definition, row, as_of)]
        value = aggregate(definition, entering, as_of)
        if value is None and definition.feed.code in connected:
            value = definition.missing
        return value if value is None or isinstance(value, str) else float(value)
    left = evaluate(definition.left, feeds, as_of, connected)
    right = evaluate(definition.right, feeds, as_of, connected)
    if not isinstance(left, float) or not isinstance(right, float):
        return None
    if definition.operation is Operation.SUM:
        return left + right
    if definition.operation is Operation.DIFFERENCE:
        return left - right
    if right <= 0:
        return None
    return left / right if definition.operation is Operation.RATIO else (left - right) / right


def enters(leaf: Feature, row: Record, as_of: date) -> bool:
    return (
        in_window(leaf, row["event_date"], as_of)
        and may_be_used(leaf.feed, row, as_of)
        and (leaf.where is None or value_of(leaf.where, row, as_of) is True)
    )


TERMS: dict[str, list[tuple[date, dict[Any, int | None]]]] = {
    "penalty": [
        (date.min, {"轻微": 12, "一般": 12, "严重": 36}),
        (date(2023, 5, 1), {"轻微": 36, "一般": 36, "严重": 36}),
        (date(2026, 4, 1), {"轻微": 3, "一般": 12, "严重": 36}),
    ],
    "dishonest_debtor": [(date.min, {None: None}), (date(2017, 5, 1), {None: 60})],
    "abnormal_list": [(date.min, {None: 36})],
    "serious_list": [(date.min, {None: 60}), (date(2021, 9, 1), {None: 36})],
    "tax_violation": [(date.min, {None: 36})],
    "labour_dispute": [(date.min, {None: 36})],
    "work_safety": [(date.min, {None: 36})],
    "public_list": [(date.min, {"红名单": None, "黑名单": 36, "重点关注名单": 12})],
}
"""Months of use by regime, told a second time."""
CLASSES = {"penalty": "severity", "public_list": "list_kind"}
CLOCKS = {"power_arrears_adverse": 6}
"""Months of a deadline, told a second time."""


def may_be_used(feed: Contract, row: Record, used_on: date) -> bool:
    """What the law says, rule by rule: not ended, not refused, and its term not over under any regime so far.

    What is told of a related firm is used while that firm's own record is.
    """
    if feed.used_as is not None:
        column, sources = feed.used_as
        return may_be_used(dict(sources)[row[column]], row, used_on)
    use = feed.use
    if any(row[column] is not None and row[column] <= used_on for column in use.ended_by):
        return False
    if use.refused_by is not None and row[use.refused_by] is True:
        return False
    if use.overdue is not None:
        column, of = use.overdue.of
        started, kept = row[use.overdue.since], row[use.overdue.kept_on]
        passed = started is not None and later(started, CLOCKS[use.overdue.clock]) < used_on
        if row[column] == of and not (passed and (kept is None or kept > used_on)):
            return False
    start = row[use.since]
    if start is None:
        if use.undated_months is not None and later(row["event_date"], use.undated_months) <= used_on:
            return False
        if use.over_told_by is None or row[use.over_told_by] is None:
            return True
        start = row["event_date"]
    if feed.personal and feed.direction in ("adverse", "veto") and later(start, 60) <= used_on:
        return False
    if use.law is None:
        return use.months is None or later(start, use.months) > used_on
    regimes = TERMS[use.law]
    of = row[CLASSES[use.law]] if use.law in CLASSES else None
    for place, (begins, months) in enumerate(regimes):
        ends = regimes[place + 1][0] - timedelta(days=1) if place + 1 < len(regimes) else date.max
        term = months[of]
        if use.law == "penalty" and of == "轻微" and begins == date(2026, 4, 1) and row["published_on"] is None:
            term = 0
        if begins <= used_on and term is not None and later(start, term) <= min(used_on, ends):
            return False
    return True


def later(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def in_window(leaf: Feature, day: date, as_of: date) -> bool:
    window = leaf.within
    far = window.before + window.length
    if day > as_of:
        return False
    if window.step is Step.EVER:
        return True
    if window.step is Step.DAYS:
        return as_of - timedelta(days=far) < day <= as_of - timedelta(days=window.before)
    if window.step is Step.MONTHS:
        return earlier(as_of, far) < day <= earlier(as_of, window.before)
    published = published_ends(leaf.feed.period or "", leaf.feed.deadline_days, as_of)
    wanted = published[len(published) - far : len(published) - window.before]
    return any(start_of(end, leaf) <= day <= end for end in wanted)


@cache
def published_ends(period: str, deadline_days: int, as_of: date) -> list[date]:
    """Last days of all periods since 1990 whose deadline has passed, oldest first."""
    step = MONTHS[period]
    ends = [
        date(year, month, calendar.monthrange(year, month)[1])
        for year in range(1990, 2031)
        for month in range(step, 13, step)
    ]
    return [end for end in ends if end + timedelta(days=deadline_days) <= as_of]


def start_of(end: date, leaf: Feature) -> date:
    return date(end.year, end.month - MONTHS[leaf.feed.period or ""] + 1, 1)


def earlier(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def aggregate(leaf: Feature, rows: Sequence[Record], as_of: date) -> Any:
    if not rows:
        return None
    kind, days = leaf.take.kind, [row["event_date"] for row in rows]
    if kind is Kind.COUNT:
        return len(rows)
    if kind is Kind.EXISTS:
        return 1
    if kind is Kind.MONTHS_ACTIVE:
        return len({(day.year, day.month) for day in days})
    if kind is Kind.DAYS_SINCE_LAST:
        return (as_of - max(days)).days
    if kind is Kind.DAYS_SINCE_FIRST:
        return (as_of - min(days)).days
    assert leaf.take.value is not None
    if kind is Kind.LATEST:
        newest = max(rows, key=lambda row: (row["event_date"], row["received_at"], row["record_no"]))
        value = value_of(leaf.take.value, newest, as_of)
        return value if not leaf.take.categories or value in leaf.take.categories else None
    values = [value for row in rows if (value := value_of(leaf.take.value, row, as_of)) is not None]
    if not values:
        return None
    return {
        Kind.DISTINCT: lambda: len(set(values)),
        Kind.TOTAL: lambda: sum(values),
        Kind.SMALLEST: lambda: min(values),
        Kind.LARGEST: lambda: max(values),
        Kind.MEAN: lambda: float(sum(values)) / float(len(values)),
    }[kind]()


def value_of(expression: Expression, row: Record, as_of: date) -> Any:
    """The value in one record, None for unknown."""

    def value(part: Expression) -> Any:
        return value_of(part, row, as_of)

    match expression:
        case Column(name):
            return row[name]
        case Literal(constant):
            return constant
        case AsOf():
            return as_of
        case LegalDay(rule):
            return legal_day(rule, as_of)
        case IsKnown(inner):
            return value(inner) is not None
        case Mapped(code, scale):
            return dict(scale).get(value(code))
        case OneOf(code, values):
            return None if value(code) is None else value(code) in values
        case Not(condition):
            return None if value(condition) is None else not value(condition)
        case Both(left, right):
            sides = [value(left), value(right)]
            return False if False in sides else None if None in sides else True
        case Either(left, right):
            sides = [value(left), value(right)]
            return True if True in sides else None if None in sides else False
        case Arithmetic(sign, left, right) | Comparison(sign, left, right):
            sides = [value(left), value(right)]
            return None if None in sides else OPERATORS[sign](*sides)
    raise TypeError(type(expression).__name__)


OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}


def known_by(row: Record, as_of: date) -> bool:
    received: datetime = row["received_at"]
    return received.astimezone(SHANGHAI).date() <= as_of
