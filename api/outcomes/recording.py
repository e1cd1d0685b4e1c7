"""Record and read what became of decisions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identifiers import new_identifier
from api.metering.tables import Call
from api.outcomes.tables import DecisionOutcome
from api.seen import find_seen
from bureau.errors import UnknownObject


def record_outcome(
    session: Session,
    institution_id: int,
    client_id: str,
    decision_id: str,
    kind: str,
    content: dict[str, Any],
    at: datetime,
) -> DecisionOutcome:
    """Add what the bank did, or how the loan went; raises `UnknownObject` for a decision the session does not see."""
    _find_decision(session, decision_id)
    outcome = DecisionOutcome(
        id=new_identifier(at),
        decision_id=decision_id,
        institution_id=institution_id,
        kind=kind,
        content=content,
        recorded_by=client_id,
        recorded_at=at,
    )
    session.add(outcome)
    session.flush()
    return outcome


def list_outcomes(session: Session, decision_id: str) -> Sequence[DecisionOutcome]:
    """Everything recorded about one decision, oldest first; raises as recording does."""
    _find_decision(session, decision_id)
    query = select(DecisionOutcome).where(DecisionOutcome.decision_id == decision_id)
    return session.scalars(query.order_by(DecisionOutcome.id)).all()


def _find_decision(session: Session, decision_id: str) -> Call:
    call = find_seen(session, Call, decision_id, "decision")
    if call.kind != "decision":
        raise UnknownObject("decision", decision_id)
    return call
