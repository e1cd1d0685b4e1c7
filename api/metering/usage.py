"""Usage as the ledger has it: calls, hits and charges, grouped as asked."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, func, select, type_coerce
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.metering.tables import UsageLine
from bureau.clock import SHANGHAI
from bureau.errors import UnknownName

HITS = ("found", "partial")
"""Outcomes that found what was asked for."""

_DAY_MICROS = 86_400_000_000
_SHANGHAI_MICROS = int(SHANGHAI.utcoffset(None).total_seconds()) * 1_000_000
_DAY = (type_coerce(UsageLine.committed_at, BigInteger) + _SHANGHAI_MICROS) // _DAY_MICROS

DIMENSIONS: dict[str, ColumnElement[Any]] = {
    "product": UsageLine.product_code.expression,
    "institution": Institution.name.expression,
    "purpose": UsageLine.purpose.expression,
    "outcome": UsageLine.outcome.expression,
    "day": _DAY,
}
"""What usage can be grouped by. A day is the Shanghai day of the commit."""

_SHOWN: dict[str, Callable[[Any], str]] = {"day": lambda days: (date(1970, 1, 1) + timedelta(days)).isoformat()}


def usage_rows(
    session: Session,
    by: Sequence[str],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    institution_id: int | None = None,
    test: bool = False,
) -> list[dict[str, Any]]:
    """One row for each combination of `by`, ordered by it: its values, `calls`, `hits` and `charged_fen`.

    Counts what was committed in [start, end); None leaves that side open, or takes every institution.
    A reversal takes its call, hit and charge away again on the day it is written. With no `by`, one row.
    test: the calls in test mode, which are counted apart, instead of the live ones.
    """
    unknown = [name for name in by if name not in DIMENSIONS]
    if unknown:
        raise UnknownName("dimension of usage", unknown[0], DIMENSIONS)
    columns = [DIMENSIONS[name].label(name) for name in by]
    query = select(
        *columns,
        func.coalesce(func.sum(UsageLine.calls), 0).label("calls"),
        func.coalesce(func.sum(case((UsageLine.outcome.in_(HITS), UsageLine.calls), else_=0)), 0).label("hits"),
        func.coalesce(func.sum(UsageLine.amount_fen), 0).label("charged_fen"),
    ).join_from(UsageLine, Institution, Institution.id == UsageLine.institution_id)
    query = query.where(UsageLine.test.is_(test))
    if start is not None:
        query = query.where(UsageLine.committed_at >= start)
    if end is not None:
        query = query.where(UsageLine.committed_at < end)
    if institution_id is not None:
        query = query.where(UsageLine.institution_id == institution_id)
    if columns:
        query = query.group_by(*columns).order_by(*columns)
    return [_shown(row) for row in session.execute(query).mappings()]


def _shown(row: Any) -> dict[str, Any]:
    return {name: _SHOWN[name](value) if name in _SHOWN else _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """PostgreSQL sums bigint as a decimal; every sum here is a whole number."""
    return value if isinstance(value, str) else int(value)
