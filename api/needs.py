"""Financing needs, and the loan products on the market that meet them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.tokens import Identity
from api.answering import answer_question
from api.answers import CHARGED, SIGNED, Answered, Purpose, read_again
from api.caller import DbSession, NeedCaller, Now, Served
from api.canonical import canonical
from api.deployment import Deployment
from api.errors import problems
from api.identifiers import Identifier
from api.matching.demand import find_need, keep_matches, list_needs, numbered, write_down_need
from api.matching.offers import market
from api.matching.tables import FinancingNeed, LoanProduct
from api.paging import Cursor, Limit, Page, page_of
from api.questions import Question, require_right
from api.subjects import Subject, code_of
from api.tenancy import EVERYONE
from bureau.db import transaction
from bureau.errors import RoleNotPermitted, UnknownObject, WrongCredentials
from bureau.grant import ReadGrant
from bureau.text import Line
from products.lending import Application, Bps
from products.matchmaking.matching import MATCHING, match
from products.matchmaking.ranking import Match
from products.matchmaking.terms import LoanProductTerms, Need
from products.product import find_product
from products.reports.answer import Answer
from products.reports.content import Mark, ModelUsed

router = APIRouter(prefix="/v1/needs", tags=["matching"], responses=problems(WrongCredentials, RoleNotPermitted))


class NeedTerms(Application):
    """Money an enterprise looks for."""

    max_rate_bps: Annotated[Bps | None, Field(description="The dearest rate it would take, a year.")] = None


class NeedRequest(BaseModel):
    """A need, written down with the enterprise's authorisation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91440300MA5FJ4XH1U"},
                    "purpose": "pre_loan",
                    "consent_id": "019a5c1e-7a00-7000-8000-000000000000",
                    "need": {"amount_fen": 50000000, "term_months": 12, "secured": "credit", "max_rate_bps": 600},
                }
            ]
        },
    )

    subject: Subject
    purpose: Purpose = "pre_loan"
    consent_id: Annotated[
        Line | None, Field(description="The enterprise's consent to P31; none where it asks itself.")
    ] = None
    need: NeedTerms


class NeedView(BaseModel):
    """A need as its institution reads it."""

    need_id: str
    subject: Subject
    purpose: Purpose
    consent_id: str | None
    need: NeedTerms
    created_at: datetime


class MatchFound(Match):
    """One loan product against the need, with the id its events are recorded under."""

    match_id: str


class MatchesResult(BaseModel):
    """Ranked matches: eligible ones first, the cheapest of them leading; the first 200 of the market."""

    matches: list[MatchFound]
    eligible: Annotated[int, Field(description="How many of them pass every condition.")]
    score: int | None
    grade: str | None


class Matches(Answered):
    """The loan products on the market against one need, every condition with pass, fail or near miss."""

    need_id: str
    result: MatchesResult
    need: Need
    model: ModelUsed | None
    data_as_of: date | None
    marks: list[Mark]
    notice: str


def view(need: FinancingNeed) -> NeedView:
    """A stored need as its institution reads it."""
    return NeedView.model_validate(
        {
            "need_id": need.id,
            "subject": {"uscc": need.uscc},
            "purpose": need.purpose,
            "consent_id": need.consent_id,
            "need": need.terms,
            "created_at": need.created_at,
        }
    )


@router.post("", status_code=201, summary="Write a need down", responses=CHARGED)
def create_need(request: NeedRequest, caller: NeedCaller, deployment: Served, session: DbSession, now: Now) -> NeedView:
    """Free; the matches are what is metered. The consent is checked now, and again when matches are read."""
    uscc = code_of(deployment, caller, request.subject)
    question = _question(uscc, request.purpose, request.consent_id, digest="")
    require_right(session, caller, question, now)
    need = write_down_need(
        session,
        caller.institution_id,
        caller.client_id,
        uscc=uscc,
        purpose=request.purpose,
        consent_id=request.consent_id,
        terms=request.need.model_dump(mode="json"),
        at=now,
    )
    return view(need)


@router.get("", summary="List your needs")
def list_all_needs(_caller: NeedCaller, session: DbSession, cursor: Cursor = None, limit: Limit = 50) -> Page[NeedView]:
    """Newest first."""
    rows = list_needs(session, cursor=cursor, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda need: need.id)
    return Page(items=[view(need) for need in shown], next_cursor=next_cursor)


@router.get("/{need_id}", summary="Read one need", responses=problems(UnknownObject))
def read_need(need_id: Identifier, _caller: NeedCaller, session: DbSession) -> NeedView:
    """One need of your institution."""
    return view(find_need(session, need_id))


@router.get(
    "/{need_id}/matches",
    response_model=Matches,
    summary="The loan products that meet a need",
    responses=CHARGED | problems(UnknownObject) | {200: {"headers": SIGNED}},
)
async def read_matches(need_id: Identifier, caller: NeedCaller, deployment: Served, now: Now) -> Response:
    """One metered answer (P31) for a need, a market and a state of the records.

    Reading it again while none of them has changed gives the same bytes and is not metered again, for as long as the
    consent holds; what was answered before stays at `/v1/reports/{id}`.
    """
    rate = await deployment.rates.take(caller, find_product(MATCHING), now)
    need, market_now = await run_in_threadpool(_need_and_market, deployment, caller, need_id)
    offers = {offer.id: LoanProductTerms.model_validate(offer.terms) for offer in market_now}
    circumstances = await run_in_threadpool(_circumstances, deployment, caller, need, offers)
    question = _question(need.uscc, need.purpose, need.consent_id, digest=circumstances)

    def produce(grant: ReadGrant) -> Answer:
        asked = Need(subject=need.uscc, **need.terms)
        answer = match(deployment.desk_at(now, test=caller.test, uscc=need.uscc), asked, offers, grant)
        with transaction(deployment.rows_of(caller.sight)) as session:
            keep_matches(session, need, _told(answer, market_now), now)
        return replace(answer, content=numbered(need_id, answer.content))

    # A caller's key holds no blank, so none can meet this one.
    receipt = await answer_question(deployment, caller, f"matches {circumstances}", question, produce, now)
    return read_again(receipt, rate)


def _question(uscc: str, purpose: str, consent_id: str | None, *, digest: str) -> Question:
    return Question(
        kind="match",
        product=find_product(MATCHING),
        uscc=uscc,
        purpose=purpose,
        consent_id=consent_id,
        client_serial=None,
        digest=digest,
    )


def _need_and_market(
    deployment: Deployment, caller: Identity, need_id: str
) -> tuple[FinancingNeed, Sequence[LoanProduct]]:
    """The caller's need, and what every institution has on offer: that is public to who looks for a loan."""
    with Session(deployment.rows_of(caller.sight), expire_on_commit=False) as session:
        need = find_need(session, need_id)
    with Session(deployment.rows_of(EVERYONE), expire_on_commit=False) as session:
        return need, market(session, test=caller.test)


def _told(answer: Answer, offers: Sequence[LoanProduct]) -> list[LoanProduct]:
    """The offers that an answer names."""
    told = {found["loan_product"] for found in answer.content["result"]["matches"]}
    return [offer for offer in offers if offer.id in told]


def _circumstances(
    deployment: Deployment, caller: Identity, need: FinancingNeed, offers: dict[str, LoanProductTerms]
) -> str:
    """What the matches follow from: need, offers (their terms never change), day and records; as one digest."""
    desk = deployment.desk_of(test=caller.test, uscc=need.uscc)
    facts: Any = {
        "need": need.id,
        "offers": sorted(offers),
        "day": desk.today.isoformat(),
        "snapshot": desk.lake.snapshot(),
    }
    return hashlib.sha256(canonical(facts)).hexdigest()
