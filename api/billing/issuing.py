"""Statements of the months that are over, issued without anybody asking."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby

from sqlalchemy import Engine, and_, column, func, select, values
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.billing.lines import lines_of
from api.billing.months import Month
from api.billing.statements import issue_statement
from api.billing.tables import Statement
from api.contracts.tables import ContractVersion
from api.metering.tables import UsageLine
from api.signing import Signer
from bureau.db import Instant, transaction

Due = tuple[int, Month]
"""An institution and a month of its contracts that is over."""


def issue_due(engine: Engine, signer: Signer, at: datetime) -> int:
    """Issue what is missing of every institution that called in a month or owes its minimum; returns how many.

    The months of its contracts, the oldest first: one that nobody issued in its time, because nothing ran, is not lost.
    One with nothing on it is issued to who asks for it (`issue_statement`).
    Each in a transaction of its own, so that callers wait for one and not for all.
    """
    with transaction(engine) as session:
        due = _due(session, Month.of(at).former)
    for institution_id, month in due:
        with transaction(engine) as session:
            issue_statement(session, signer, institution_id, month, at)
    return len(due)


def _due(session: Session, last: Month) -> list[Due]:
    begun = session.execute(_BEGUN.where(ContractVersion.in_force_from < last.ends)).tuples()
    first = {institution_id: Month.of(begins) for institution_id, begins in begun}
    if not first:
        return []
    issued = {(institution_id, Month(day)) for institution_id, day in session.execute(_ISSUED)}
    content = {*_with_lines(session, min(first.values()), last), *_with_minimum(session, first, last)}
    due = (one for one in content - issued if one[0] in first and first[one[0]] <= one[1])
    return sorted(due, key=lambda one: (one[1], one[0]))


_BEGUN = (
    select(ContractVersion.institution_id, func.min(ContractVersion.in_force_from))
    .join(Institution, Institution.id == ContractVersion.institution_id)
    .where(Institution.test.is_(False))
    .group_by(ContractVersion.institution_id)
)
_ISSUED = select(Statement.institution_id, Statement.month)
_OWES = ContractVersion.terms["minimum_fen"].as_float() > 0
_OWING = (
    select(ContractVersion.institution_id, ContractVersion.in_force_from, _OWES)
    .where(ContractVersion.institution_id.in_(select(ContractVersion.institution_id).where(_OWES)))
    .order_by(ContractVersion.institution_id, ContractVersion.version.desc())
)


def _with_lines(session: Session, first: Month, last: Month) -> Iterator[Due]:
    """The months of which a statement has lines.

    The query goes from a line to the first one after its month, so that months without any are stepped over: a year of
    them costs what one does.
    """
    months = [(month.begins, month.ends) for month in first.until(last)]
    over = values(column("begins", Instant), column("ends", Instant)).data(months).cte("over")
    line = lines_of(select(func.min(UsageLine.committed_at)), Institution.id, first.begins, last.ends)
    found = select(Institution.id, line.scalar_subquery().label("at")).cte("found", recursive=True)
    line = lines_of(select(func.min(UsageLine.committed_at)), found.c.id, over.c.ends, last.ends)
    later = select(found.c.id, line.scalar_subquery()).join(
        over, and_(over.c.begins <= found.c.at, found.c.at < over.c.ends)
    )
    found = found.union_all(later)
    for institution_id, at in session.execute(select(found.c.id, found.c.at).where(found.c.at.is_not(None))):
        yield institution_id, Month.of(at)


def _with_minimum(session: Session, first: Mapping[int, Month], last: Month) -> Iterator[Due]:
    """The months at whose end the newest contract version in force has a minimum."""
    for institution_id, rows in groupby(session.execute(_OWING).tuples(), key=lambda row: row[0]):
        versions = [(begins, owes) for _, begins, owes in rows]
        for month in first[institution_id].until(last) if institution_id in first else ():
            if next((owes for begins, owes in versions if begins < month.ends), False):
                yield institution_id, month
