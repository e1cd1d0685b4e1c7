"""Statements of the months that are over, issued without anybody asking."""

from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.billing.months import Month
from api.billing.statements import draw_up, issue_statement
from api.billing.tables import Statement
from api.contracts.tables import ContractVersion
from api.signing import Signer
from bureau.db import transaction


def issue_due(engine: Engine, signer: Signer, at: datetime) -> int:
    """Issue what is missing of every institution that called in a month or owes its minimum; returns how many.

    The months of its contracts, the oldest first: one that nobody issued in its time, because nothing ran, is not lost.
    Each in a transaction of its own, so that callers wait for one and not for all.
    """
    last = Month.of(at).former
    with transaction(engine) as session:
        begun = session.execute(_BEGUN.where(ContractVersion.in_force_from < last.ends)).all()
        issued = {(institution_id, first) for institution_id, first in session.execute(_ISSUED)}
    due = [
        (institution_id, month)
        for institution_id, begins in begun
        for month in Month.of(begins).until(last)
        if (institution_id, month.first) not in issued
    ]
    due.sort(key=lambda one: (one[1].first, one[0]))
    return sum(_issued(engine, signer, institution_id, month, at) for institution_id, month in due)


_BEGUN = (
    select(ContractVersion.institution_id, func.min(ContractVersion.in_force_from))
    .join(Institution, Institution.id == ContractVersion.institution_id)
    .where(Institution.test.is_(False))
    .group_by(ContractVersion.institution_id)
)
_ISSUED = select(Statement.institution_id, Statement.month)


def _issued(engine: Engine, signer: Signer, institution_id: int, month: Month, at: datetime) -> bool:
    with transaction(engine) as session:
        if not _has_content(session, institution_id, month):
            return False
        issue_statement(session, signer, institution_id, month, at)
        return True


def _has_content(session: Session, institution_id: int, month: Month) -> bool:
    content = draw_up(session, institution_id, month)
    return bool(content["lines"] or content["total_fen"])
