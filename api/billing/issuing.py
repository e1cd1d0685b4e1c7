"""Statements of the month that ended last, issued without anybody asking."""

from datetime import datetime

from sqlalchemy import Engine, Select, exists, select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.billing.months import Month
from api.billing.statements import draw_up, issue_statement
from api.billing.tables import Statement
from api.contracts.tables import ContractVersion
from api.signing import Signer
from bureau.clock import shanghai_day
from bureau.db import transaction


def issue_due(engine: Engine, signer: Signer, at: datetime) -> int:
    """Issue the statement of every institution that called in the month or owes its minimum; returns how many.

    Each in a transaction of its own, so that callers wait for one and not for all.
    """
    month = Month(shanghai_day(at).replace(day=1)).former
    with transaction(engine) as session:
        waiting = session.scalars(_without_a_statement(month)).all()
    return sum(_issued(engine, signer, institution_id, month, at) for institution_id in waiting)


def _without_a_statement(month: Month) -> Select[int]:
    issued = exists().where(Statement.institution_id == ContractVersion.institution_id, Statement.month == month.first)
    return (
        select(ContractVersion.institution_id)
        .join(Institution, Institution.id == ContractVersion.institution_id)
        .where(Institution.test.is_(False))
        .where(ContractVersion.in_force_from < month.ends, ~issued)
        .distinct()
        .order_by(ContractVersion.institution_id)
    )


def _issued(engine: Engine, signer: Signer, institution_id: int, month: Month, at: datetime) -> bool:
    with transaction(engine) as session:
        if not _has_content(session, institution_id, month):
            return False
        issue_statement(session, signer, institution_id, month, at)
        return True


def _has_content(session: Session, institution_id: int, month: Month) -> bool:
    content = draw_up(session, institution_id, month)
    return bool(content["lines"] or content["total_fen"])
