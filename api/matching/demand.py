"""Enterprises' needs for money, and the matches made for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.identifiers import new_identifier
from api.matching.tables import FinancingNeed, LoanProduct, Match
from api.seen import find_seen, list_seen

_TOGETHER = 1_000
"""Rows of one statement: PostgreSQL takes 65,535 parameters at most."""


def write_down_need(
    session: Session,
    institution_id: int,
    client_id: str,
    *,
    uscc: str,
    purpose: str,
    consent_id: str | None,
    terms: dict[str, Any],
    at: datetime,
) -> FinancingNeed:
    """Register what an enterprise looks for."""
    need = FinancingNeed(
        id=new_identifier(at),
        institution_id=institution_id,
        uscc=uscc,
        purpose=purpose,
        consent_id=consent_id,
        terms=terms,
        created_by=client_id,
        created_at=at,
    )
    session.add(need)
    session.flush()
    return need


def find_need(session: Session, need_id: str) -> FinancingNeed:
    """One need; raises `UnknownObject` also for one the session does not see."""
    return find_seen(session, FinancingNeed, need_id, "need")


def list_needs(session: Session, *, cursor: str | None, limit: int) -> Sequence[FinancingNeed]:
    """Up to `limit` needs, newest first, from after `cursor`."""
    return list_seen(session, FinancingNeed, cursor=cursor, limit=limit)


def match_id(need_id: str, loan_product_id: str) -> str:
    """The id of the match of a need with a loan product, the same every time they meet (a version 5 UUID)."""
    return str(uuid5(UUID(need_id), loan_product_id))


def numbered(need_id: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content of a matching with the need's id, and every match with its own."""
    result = content["result"]
    matches = [{"match_id": match_id(need_id, found["loan_product"]), **found} for found in result["matches"]]
    return {"need_id": need_id, **content, "result": result | {"matches": matches}}


def keep_matches(session: Session, need: FinancingNeed, offers: Iterable[LoanProduct], at: datetime) -> None:
    """Make the matches that are not there yet; of two that do so at once, one writes."""
    rows = [
        {
            "id": match_id(need.id, offer.id),
            "need_id": need.id,
            "loan_product_id": offer.id,
            "institution_id": need.institution_id,
            "other_institution_id": offer.institution_id,
            "created_at": at,
        }
        for offer in offers
    ]
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for place in range(0, len(rows), _TOGETHER):
        session.execute(insert(Match).values(rows[place : place + _TOGETHER]).on_conflict_do_nothing())
