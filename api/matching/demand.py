"""Enterprises' needs for money, and the matches made for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.identifiers import new_identifier
from api.matching.tables import FinancingNeed, Match
from bureau.errors import UnknownObject


def write_down_need(
    session: Session,
    institution_id: int,
    client_id: str,
    *,
    uscc: str,
    purpose: str,
    consent_id: str,
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


def find_need(session: Session, institution_id: int, need_id: str) -> FinancingNeed:
    """One need; raises `UnknownObject` also for another institution's."""
    need = session.get(FinancingNeed, need_id)
    if need is None or need.institution_id != institution_id:
        raise UnknownObject("need", need_id)
    return need


def list_needs(session: Session, institution_id: int, *, cursor: str | None, limit: int) -> Sequence[FinancingNeed]:
    """Up to `limit` needs of one institution, newest first, from after `cursor`."""
    query = select(FinancingNeed).where(FinancingNeed.institution_id == institution_id)
    if cursor is not None:
        query = query.where(FinancingNeed.id < cursor)
    return session.scalars(query.order_by(FinancingNeed.id.desc()).limit(limit)).all()


def match_id(need_id: str, loan_product_id: str) -> str:
    """The id of the match of a need with a loan product, the same every time they meet (a version 5 UUID)."""
    return str(uuid5(UUID(need_id), loan_product_id))


def numbered(need_id: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content of a matching with the need's id, and every match with its own."""
    result = content["result"]
    matches = [{"match_id": match_id(need_id, found["loan_product"]), **found} for found in result["matches"]]
    return {"need_id": need_id, **content, "result": result | {"matches": matches}}


def keep_matches(session: Session, need_id: str, loan_product_ids: Iterable[str], at: datetime) -> None:
    """Make the matches that are not there yet; of two that do so at once, one writes."""
    rows = [
        {"id": match_id(need_id, product), "need_id": need_id, "loan_product_id": product, "created_at": at}
        for product in loan_product_ids
    ]
    if rows:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(insert(Match).values(rows).on_conflict_do_nothing())
