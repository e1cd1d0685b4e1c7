"""Usage as the ledger counts it: calls, hits, repeats, charges and latencies, grouped and cut as asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from api.access.naming import FIRMS, IS_FIRM, TOLD_NAME
from api.access.tables import Institution
from api.metering.draft import ANSWERED
from api.metering.latency import BINS, PERCENTS, percentile
from api.metering.tables import UsageHour
from bureau.clock import hour_of
from bureau.db import DAY_MICROS, legal_day, local_micros
from bureau.errors import InvalidInput, UnknownName

HITS = ("found", "partial")
"""Outcomes that found what was asked for."""
REPEATS = ("repeat", "same_entity")
"""Bases of calls that asked again about an enterprise, as the contract's own price rule tells them. A contract without
such a rule has no repeats."""
MEASURES = (
    *("calls", "answered", "hits", "repeats", "hit_rate_bp", "repeat_rate_bp", "charged_fen"),
    *(f"latency_p{percent}_us" for percent in PERCENTS),
)
"""What each row says beside its dimensions. Rates are shares of the answered calls in basis points, None without any;
latencies are of answered calls, each the upper edge of its bin (`api.metering.latency`)."""

_HOUR_MICROS = 3_600_000_000

DIMENSIONS: dict[str, ColumnElement[Any]] = {
    "product": UsageHour.product_code.expression,
    "version": UsageHour.product_version.expression,
    "institution": TOLD_NAME,
    "purpose": UsageHour.purpose.expression,
    "outcome": UsageHour.outcome.expression,
    "day": legal_day(UsageHour.hour),
    "hour": (local_micros(UsageHour.hour) % DAY_MICROS) // _HOUR_MICROS,
}
"""What usage can be grouped and cut by. Day and hour (0 to 23) are Shanghai's, of the commit. Institutions
that are enterprises are one group: only to itself is one told by name."""

_SHOWN: dict[str, Callable[[Any], Any]] = {"day": lambda days: (date(1970, 1, 1) + timedelta(int(days))).isoformat()}


def _within(text: str, last: int) -> int:
    """A whole number from 0 on."""
    if not 0 <= (number := int(text)) <= last:
        raise ValueError(text)
    return number


_READ: dict[str, Callable[[str], Any]] = {
    "version": lambda text: _within(text, 2**31 - 1),  # a credit's is 0
    "hour": lambda text: _within(text, 23),
    "day": lambda day: (date.fromisoformat(day) - date(1970, 1, 1)).days,
}


def names_of(by: str) -> list[str]:
    """The dimensions of a list with commas, each once."""
    return list(dict.fromkeys(name for name in (part.strip() for part in by.split(",")) if name))


def usage_rows(
    session: Session,
    by: Sequence[str],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    institution_id: int | None = None,
    test: bool = False,
    only: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """One row for each combination of `by`, ordered by it: its values and `MEASURES`.

    Counts what was committed in [start, end), whole hours; None leaves that side open, or takes every institution.
    A reversal takes its call, hit and charge away again in the hour it is written. With no `by`, one row.
    test: the calls in test mode, which are counted apart, instead of the live ones. only: dimension -> the values
    that count. Raises `UnknownName`, and `InvalidInput` for a value that cannot be of its dimension.
    """
    for name in (*by, *(only or {})):
        if name not in DIMENSIONS:
            raise UnknownName("dimension of usage", name, DIMENSIONS)
    known = DIMENSIONS if institution_id is None else DIMENSIONS | {"institution": Institution.name.expression}
    columns = [known[name].label(name) for name in by]
    query = _summed(columns).where(UsageHour.test.is_(test))
    if start is not None:
        query = query.where(UsageHour.hour >= _whole(start))
    if end is not None:
        query = query.where(UsageHour.hour < _whole(end))
    if institution_id is not None:
        query = query.where(UsageHour.institution_id == institution_id)
    for name, values in (only or {}).items():
        query = query.where(known[name].in_(_values(name, values)))
    return [_shown(row, by) for row in session.execute(query).mappings()]


def _summed(columns: Sequence[ColumnElement[Any]]) -> Select[*tuple[Any, ...]]:
    def total(summed: Any, condition: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
        return func.coalesce(func.sum(summed if condition is None else case((condition, summed), else_=0)), 0)

    query = select(
        *columns,
        total(UsageHour.calls).label("calls"),
        total(UsageHour.calls, UsageHour.outcome.in_(ANSWERED)).label("answered"),
        total(UsageHour.calls, UsageHour.outcome.in_(HITS)).label("hits"),
        total(UsageHour.calls, UsageHour.basis.in_(REPEATS)).label("repeats"),
        total(UsageHour.charged_fen).label("charged_fen"),
        *(total(UsageHour.__table__.c[name]).label(name) for name in BINS),
    ).join_from(UsageHour, Institution, Institution.id == UsageHour.institution_id)
    query = query.outerjoin(FIRMS, IS_FIRM)
    return query.group_by(*columns).order_by(*columns) if columns else query


def _whole(at: datetime) -> datetime:
    if hour_of(at) != at:
        raise InvalidInput(f"Usage is counted by the hour; {at.isoformat()} is within one.")
    return at


def _values(name: str, values: Sequence[str]) -> list[Any]:
    try:
        return [_READ[name](value) if name in _READ else value for value in values]
    except ValueError as problem:
        raise InvalidInput(f"{', '.join(values)} cannot be read as {name}; write it as usage shows it.") from problem


def _shown(row: Mapping[Any, Any], by: Sequence[str]) -> dict[str, Any]:
    """PostgreSQL sums bigint as a decimal; every sum here is a whole number."""
    counts = {name: int(row[name]) for name in ("calls", "answered", "hits", "repeats")}
    bins = [int(row[name]) for name in BINS]
    return (
        {name: _SHOWN.get(name, lambda value: value)(row[name]) for name in by}
        | counts
        | {f"{name}_rate_bp": rate_bp(counts[f"{name}s"], counts["answered"]) for name in ("hit", "repeat")}
        | {"charged_fen": int(row["charged_fen"])}
        | {f"latency_p{percent}_us": percentile(bins, percent) for percent in PERCENTS}
    )


def rate_bp(part: int, whole: int) -> int | None:
    """A share in basis points, half a point upwards; None of nothing, or where reversals of other calls than these make
    it no share."""
    return (2 * part * 10_000 + whole) // (2 * whole) if 0 <= part <= whole and whole else None
