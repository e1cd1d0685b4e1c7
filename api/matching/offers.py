"""Loan products as institutions offer them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identifiers import new_identifier
from api.matching.tables import LoanProduct
from bureau.errors import UnknownObject


def offer(session: Session, institution_id: int, client_id: str, terms: dict[str, Any], at: datetime) -> LoanProduct:
    """Put a loan product on the market."""
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


def find_offer(session: Session, institution_id: int, loan_product_id: str) -> LoanProduct:
    """One loan product; raises `UnknownObject` also for another institution's."""
    product = session.get(LoanProduct, loan_product_id)
    if product is None or product.institution_id != institution_id:
        raise UnknownObject("loan product", loan_product_id)
    return product


def list_offers(session: Session, institution_id: int, *, cursor: str | None, limit: int) -> Sequence[LoanProduct]:
    """Up to `limit` loan products of one institution, newest first, from after `cursor`."""
    query = select(LoanProduct).where(LoanProduct.institution_id == institution_id)
    if cursor is not None:
        query = query.where(LoanProduct.id < cursor)
    return session.scalars(query.order_by(LoanProduct.id.desc()).limit(limit)).all()


def offers_of(session: Session, loan_product_ids: Sequence[str]) -> Sequence[LoanProduct]:
    """Loan products by their ids, on the market still or withdrawn."""
    return session.scalars(select(LoanProduct).where(LoanProduct.id.in_(loan_product_ids))).all()


def withdraw_offer(session: Session, institution_id: int, loan_product_id: str, at: datetime) -> LoanProduct:
    """Take a loan product off the market; matches made before stay. Doing it twice keeps the first instant."""
    product = find_offer(session, institution_id, loan_product_id)
    product.withdrawn_at = product.withdrawn_at or at
    session.flush()
    return product


def market(session: Session) -> Sequence[LoanProduct]:
    """Every institution's loan products on offer, oldest first."""
    query = select(LoanProduct).where(LoanProduct.withdrawn_at.is_(None)).order_by(LoanProduct.id)
    return session.scalars(query).all()
