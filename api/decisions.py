"""Loan decisions under an institution's own policy, and what became of them."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answering import answer_question
from api.answers import CHARGED, CREATED, Answered, Purpose, created
from api.caller import DbSession, DecisionCaller, DecisionReader, IdempotencyKey, Now, Served
from api.errors import problems
from api.identifiers import Identifier
from api.outcomes.recording import list_outcomes, record_outcome
from api.outcomes.tables import DecisionOutcome
from api.questions import Question, request_digest
from api.subjects import Subject, find_code
from bureau.clock import shanghai_day
from bureau.errors import InvalidInput, RoleNotPermitted, UnknownName, UnknownObject, WrongCredentials
from bureau.grant import ReadGrant
from bureau.text import FreeLine, Line
from products.decisions.content import DecisionContent
from products.decisions.deciding import decide, product_of
from products.decisions.policy import find_policy_on
from products.lending import Application
from products.reports.answer import Answer

router = APIRouter(prefix="/v1/decisions", tags=["decisions"], responses=problems(WrongCredentials, RoleNotPermitted))


class DecisionRequest(BaseModel):
    """What a decision is asked with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91440300MA5FJ4XH1U"},
                    "purpose": "pre_loan",
                    "consent_id": "019a5c1e-7a00-7000-8000-000000000000",
                    "client_serial": "LN-2026-000124",
                    "application": {
                        "amount_fen": 50000000,
                        "term_months": 12,
                        "use": "working_capital",
                        "secured": "credit",
                    },
                    "policy": "default",
                }
            ]
        },
    )

    subject: Subject
    purpose: Annotated[Purpose, Field(description="Why you ask; the consent must cover it.")]
    consent_id: Annotated[Line | None, Field(description="For the score product the policy reads.")] = None
    client_serial: Annotated[FreeLine | None, Field(description="Your own number for this call.")] = None
    application: Application
    policy: Annotated[Line, Field(description="Whose rules decide.", examples=["default"])] = "default"


class Decision(DecisionContent, Answered):
    """One decision: a report, and what the policy makes of it."""


class Action(BaseModel):
    """What the bank did."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "action", "action": "approved", "amount_fen": 30000000}]},
    )

    kind: Literal["action"]
    action: Literal["approved", "declined", "withdrawn"]
    decided_on: date | None = None
    amount_fen: Annotated[int | None, Field(strict=True, ge=0, le=10**15)] = None
    rate_bps: Annotated[int | None, Field(strict=True, ge=0, le=10_000, description="A year.")] = None
    term_months: Annotated[int | None, Field(strict=True, ge=1, le=480)] = None


class Performance(BaseModel):
    """How the loan stands on a day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "performance", "day": "2027-03-31", "balance_fen": 0, "dpd": 0}]},
    )

    kind: Literal["performance"]
    day: date
    balance_fen: Annotated[int, Field(strict=True, ge=0, le=10**15)]
    dpd: Annotated[int, Field(strict=True, ge=0, le=36_500, description="Days past due.")]
    class5: Annotated[
        Literal["正常", "关注", "次级", "可疑", "损失"] | None, Field(description="Five-grade classification.")
    ] = None


Told = Annotated[Action | Performance, Field(discriminator="kind")]


class OutcomeView(BaseModel):
    """One thing the bank told us."""

    outcome_id: str
    decision_id: str
    told: Told
    recorded_at: datetime


class Outcomes(BaseModel):
    """Everything told about one decision, oldest first."""

    items: list[OutcomeView]


def view(outcome: DecisionOutcome) -> OutcomeView:
    """A stored outcome as its institution reads it."""
    return OutcomeView.model_validate(
        {
            "outcome_id": outcome.id,
            "decision_id": outcome.decision_id,
            "told": outcome.content,
            "recorded_at": outcome.recorded_at,
        }
    )


@router.post(
    "",
    status_code=201,
    response_model=Decision,
    summary="Decide on a loan application",
    responses=CHARGED | problems(InvalidInput, UnknownName) | {201: {"headers": CREATED}},
)
async def create_decision(
    request: DecisionRequest, caller: DecisionCaller, key: IdempotencyKey, deployment: Served, now: Now
) -> Response:
    """A recommendation under the named policy, charged once as the score product it reads. The bank decides."""
    policy = find_policy_on(request.policy, shanghai_day(now))
    product = product_of(await run_in_threadpool(deployment.desk_of, test=caller.test), policy)
    rate = await deployment.rates.take(caller, product, now)
    uscc = await find_code(deployment, caller, request.subject)
    question = Question(
        kind="decision",
        product=product,
        uscc=uscc,
        purpose=request.purpose,
        consent_id=request.consent_id,
        client_serial=request.client_serial,
        digest=request_digest("/v1/decisions", request),
        use="decision",
    )

    def produce(grant: ReadGrant) -> Answer:
        return decide(deployment.desk_at(now, test=caller.test, uscc=uscc), uscc, request.application, policy, grant)

    receipt = await answer_question(deployment, caller, key, question, produce, now)
    return created(receipt, f"/v1/reports/{receipt.call_id}", rate)


@router.post(
    "/{decision_id}/outcome",
    status_code=201,
    summary="Tell what became of a decision",
    responses=problems(UnknownObject),
)
def create_outcome(
    decision_id: Identifier, request: Told, caller: DecisionCaller, session: DbSession, now: Now
) -> OutcomeView:
    """What the bank did, and later how the loan goes. Nothing told before is changed."""
    content = request.model_dump(mode="json", exclude_unset=True)
    return view(
        record_outcome(session, caller.institution_id, caller.client_id, decision_id, request.kind, content, now)
    )


@router.get("/{decision_id}/outcome", summary="Read what became of a decision", responses=problems(UnknownObject))
def read_outcomes(decision_id: Identifier, _caller: DecisionReader, session: DbSession) -> Outcomes:
    """Everything your institution told about it."""
    return Outcomes(items=[view(told) for told in list_outcomes(session, decision_id)])
