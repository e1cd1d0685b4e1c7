"""Loan products as institutions offer them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.identifiers import new_identifier
from api.matching.tables import LoanProduct
from api.seen import find_seen, list_seen
from bureau.errors import StateConflict

MOST_ON_OFFER = 200
"""Of one institution at once: every need is held against the whole market."""


def offer(session: Session, institution_id: int, client_id: str, terms: dict[str, Any], at: datetime) -> LoanProduct:
    """Put a loan product on the market; raises `StateConflict` for one more than an institution may have there."""
    on_offer = select(func.count()).where(
        LoanProduct.institution_id == institution_id, LoanProduct.withdrawn_at.is_(None)
    )
    if (session.scalar(on_offer) or 0) >= MOST_ON_OFFER:
        raise StateConflict(
            f"You have {MOST_ON_OFFER} loan products on offer, as many as an institution may. Withdraw one with "
            "DELETE /v1/loan-products/{loan_product_id}, then offer this one."
        )
    product = LoanProduct(
        id=new_identifier(at),
        institution_id=institution_id,
        terms=terms,
        created_by=client_id,
        created_at=at,
        withdrawn_at=None,
    )
    session.add(product)
    session.flush()
    return product


def find_offer(session: Session, loan_product_id: str) -> LoanProduct:
    """One loan product; raises `UnknownObject` also for one the session does not see."""
    return find_seen(session, LoanProduct, loan_product_id, "loan product")


def list_offers(session: Session, *, cursor: str | None, limit: int) -> Sequence[LoanProduct]:
    """Up to `limit` loan products, newest first, from after `cursor`."""
    return list_seen(session, LoanProduct, cursor=cursor, limit=limit)


def offers_of(session: Session, loan_product_ids: Sequence[str]) -> Sequence[LoanProduct]:
    """Loan products by their ids, on the market still or withdrawn."""
    return session.scalars(select(LoanProduct).where(LoanProduct.id.in_(loan_product_ids))).all()


def withdraw_offer(session: Session, loan_product_id: str, at: datetime) -> LoanProduct:
    """Take a loan product off the market; matches made before stay. Doing it twice keeps the first instant."""
    product = find_offer(session, loan_product_id)
    product.withdrawn_at = product.withdrawn_at or at
    session.flush()
    return product


def market(session: Session, *, test: bool = False) -> Sequence[LoanProduct]:
    """The loan products on offer that the session sees, oldest first: all of them where it sees everybody's.

    test: those of test mode, which meet nobody's real need, instead of the live ones.
    """
    query = select(LoanProduct).join(Institution, Institution.id == LoanProduct.institution_id)
    on_offer = query.where(LoanProduct.withdrawn_at.is_(None), Institution.test.is_(test))
    return session.scalars(on_offer.order_by(LoanProduct.id)).all()
