"""Loan products: what the caller's institution offers on the market."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from api.caller import DbSession, Now, OfferCaller
from api.errors import problems
from api.identifiers import Identifier
from api.matching import offers
from api.matching.tables import LoanProduct
from api.paging import Cursor, Limit, Page, page_of
from bureau.errors import RoleNotPermitted, StateConflict, UnknownObject, WrongCredentials
from products.matchmaking.terms import LoanProductOffer, LoanProductTerms

router = APIRouter(
    prefix="/v1/loan-products", tags=["matching"], responses=problems(WrongCredentials, RoleNotPermitted)
)


EXAMPLE = {
    "name": "税易贷",
    "amount_fen": {"least": 10_000_000, "most": 300_000_000, "near": 20_000_000},
    "term_months": {"least": 3, "most": 24},
    "rate_bps": 435,
    "secured": ["credit"],
    "min_grade": {"value": "C", "near": 1},
    "max_arrears_fen": {"value": 0},
}


class LoanProductView(BaseModel):
    """A loan product and whether it is on offer."""

    loan_product_id: str
    status: Annotated[Literal["on_offer", "withdrawn"], Field(description="Only what is on offer meets needs.")]
    terms: LoanProductTerms
    created_at: datetime
    withdrawn_at: datetime | None


def view(product: LoanProduct) -> LoanProductView:
    """A stored loan product as its institution reads it."""
    return LoanProductView(
        loan_product_id=product.id,
        status="withdrawn" if product.withdrawn_at else "on_offer",
        terms=LoanProductTerms.model_validate(product.terms),
        created_at=product.created_at,
        withdrawn_at=product.withdrawn_at,
    )


@router.post("", status_code=201, summary="Offer a loan product", responses=problems(StateConflict))
def create_loan_product(
    request: Annotated[LoanProductOffer, Body(examples=[EXAMPLE])], caller: OfferCaller, session: DbSession, now: Now
) -> LoanProductView:
    """Every need matched from now on meets it. A condition left out is no condition.

    An institution has at most 200 on offer.
    """
    terms = LoanProductTerms(institution=caller.institution, **request.model_dump())
    return view(offers.offer(session, caller.institution_id, caller.client_id, terms.model_dump(mode="json"), now))


@router.get("", summary="List your loan products")
def list_loan_products(
    _caller: OfferCaller, session: DbSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[LoanProductView]:
    """Newest first, withdrawn ones included."""
    rows = offers.list_offers(session, cursor=cursor, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda product: product.id)
    return Page(items=[view(product) for product in shown], next_cursor=next_cursor)


@router.get("/{loan_product_id}", summary="Read one loan product", responses=problems(UnknownObject))
def read_loan_product(loan_product_id: Identifier, _caller: OfferCaller, session: DbSession) -> LoanProductView:
    """One loan product of your institution."""
    return view(offers.find_offer(session, loan_product_id))


@router.delete("/{loan_product_id}", summary="Withdraw a loan product", responses=problems(UnknownObject))
def withdraw_loan_product(
    loan_product_id: Identifier, _caller: OfferCaller, session: DbSession, now: Now
) -> LoanProductView:
    """It meets no new need; matches made before stay. Changed terms are a new loan product."""
    return view(offers.withdraw_offer(session, loan_product_id, now))
