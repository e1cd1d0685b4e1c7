"""Reports: one metered answer about one enterprise, and reading it again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, Response

from api.access.tokens import Identity, Verified
from api.answering import answer_question
from api.answers import CHARGED, CREATED, SIGNED, Answered, Purpose, created, read_again
from api.audit.proofs import prove
from api.audit_roots import RootView
from api.caller import DbSession, IdempotencyKey, Now, ReportCaller, ReportReader, Served, base_of
from api.deployment import Deployment
from api.errors import problems
from api.identifiers import Identifier
from api.issued import find_issued, record_reading, stored_answer
from api.metering.draft import Receipt
from api.pages.report import report_page
from api.questions import Question, request_digest
from api.subjects import Subject, find_code
from api.tenancy import EVERYONE
from bureau.clock import shanghai_day
from bureau.errors import InvalidInput, RoleNotPermitted, UnknownObject, UnknownProduct, WrongCredentials
from bureau.grant import ReadGrant
from bureau.text import FreeLine, Line
from products.product import find_on_sale
from products.reports.answer import Answer
from products.reports.content import ReportContent
from products.reports.producing import produce_report

router = APIRouter(tags=["reports"], responses=problems(WrongCredentials, RoleNotPermitted))


class NoInputs(BaseModel):
    """The products on sale take no input beside the subject."""

    model_config = ConfigDict(extra="forbid", frozen=True)  # or it would be copied for each request without them


class ReportRequest(BaseModel):
    """What a report is asked with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "subject": {"uscc": "91440300MA5FJ4XH1U"},
                    "purpose": "pre_loan",
                    "consent_id": "019a5c1e-7a00-7000-8000-000000000000",
                    "client_serial": "LN-2026-000123",
                    "inputs": {},
                }
            ]
        },
    )

    subject: Subject
    purpose: Annotated[Purpose, Field(description="Why you ask; the consent must cover it.")]
    consent_id: Annotated[Line | None, Field(description="Not needed for products of public data (CL0).")] = None
    client_serial: Annotated[FreeLine | None, Field(description="Your own number for this call.")] = None
    inputs: NoInputs = NoInputs()


class Report(ReportContent, Answered):
    """One report: its content, what it cost, and the evidence that it was given."""


@router.post(
    "/v1/products/{code}/reports",
    status_code=201,
    response_model=Report,
    summary="Get one report",
    responses=CHARGED | problems(UnknownProduct) | {201: {"headers": CREATED}},
)
async def create_report(
    code: str, request: ReportRequest, caller: ReportCaller, key: IdempotencyKey, deployment: Served, now: Now
) -> Response:
    """Charged at most once per Idempotency-Key; a retry gets the same bytes and `Idempotent-Replayed: true`."""
    receipt, rate = await give_report(deployment, caller, key, code, request, now)
    return created(receipt, f"/v1/reports/{receipt.call_id}", rate)


async def give_report(
    deployment: Deployment,
    caller: Identity,
    key: str,
    code: str,
    request: ReportRequest,
    now: datetime,
    token: Verified | None = None,
) -> tuple[Receipt, dict[str, str]]:
    """The stored answer, and what its caller is told of its rate.

    token: the caller's, where nobody asked yet whether it still holds.
    """
    product = find_on_sale(code, shanghai_day(now))
    rate = await deployment.rates.take(caller, product, now)
    uscc = await find_code(deployment, caller, request.subject)
    question = Question(
        kind="report",
        product=product,
        uscc=uscc,
        purpose=request.purpose,
        consent_id=request.consent_id,
        client_serial=request.client_serial,
        digest=request_digest(f"/v1/products/{code}/reports", request),
    )

    def produce(grant: ReadGrant) -> Answer:
        return produce_report(deployment.desk_at(now, test=caller.test, uscc=uscc), product, uscc, grant)

    return await answer_question(deployment, caller, key, question, produce, now, token), rate


@router.get(
    "/v1/reports/{report_id}",
    response_model=Report,
    summary="Read a report again",
    responses=problems(UnknownObject) | {200: {"headers": SIGNED}},
)
def read_report(
    report_id: Identifier, caller: ReportReader, session: DbSession, deployment: Served, now: Now
) -> Response:
    """The bytes that were sent when it was produced, with the same signature. Never charged; who reads is on record."""
    receipt = stored_answer(session, deployment.vault, report_id)
    record_reading(session, caller.institution_id, caller.client_id, report_id, "answer", now)
    return read_again(receipt)


@router.get(
    "/v1/reports/{report_id}/html",
    response_class=HTMLResponse,
    summary="A report as a page",
    responses=problems(UnknownObject),
)
def read_report_page(
    report_id: Identifier, request: Request, caller: ReportReader, session: DbSession, deployment: Served, now: Now
) -> HTMLResponse:
    """For people; `?lang=en` for English. It shows the stored answer and computes nothing; who reads is on record."""
    page = report_page(request, find_issued(session, deployment.vault, report_id), base_of(request, deployment))
    record_reading(session, caller.institution_id, caller.client_id, report_id, "page", now)
    return page


class ProofView(BaseModel):
    """An RFC 6962 inclusion proof; digests are hexadecimal."""

    model_config = ConfigDict(from_attributes=True)

    call_id: str
    hash_alg: Annotated[str, Field(description="Of the digest and the leaf.", examples=["SHA-256"])]
    digest: Annotated[str, Field(description="The report's own, as in its `evidence`.")]
    committed_at: str
    committed_micros: Annotated[int, Field(description="The same instant in microseconds since 1970 UTC.")]
    leaf: Annotated[str, Field(description="H(0x00 || call_id || digest || committed_micros as 8 bytes).")]
    number: Annotated[int, Field(description="Its place in the log, from 0.")]
    path: Annotated[list[str], Field(description="From the leaf to the root.")]
    root: RootView


@router.get(
    "/v1/reports/{report_id}/proof",
    summary="Prove that a report is in the audit log",
    responses=problems(UnknownObject, InvalidInput),
)
def read_proof(
    report_id: Identifier,
    caller: ReportReader,
    session: DbSession,
    deployment: Served,
    now: Now,
    root_size: Annotated[
        int | None,
        Query(ge=0, le=2**62, description="Size of the signed root to prove against; the newest without it."),
    ] = None,
) -> ProofView:
    """What is needed to find the report in a signed root without us; `GET /v1/audit/offline.py` does it.

    A report that is in no root yet is sealed at once. Who asks is on record.
    """
    proof = prove(
        deployment.rows_of(EVERYONE),
        deployment.answers,
        report_id,
        at=now,
        whose=caller.sight,
        size=root_size,
    )  # before the session writes, for on SQLite who seals waits for who has written
    record_reading(session, caller.institution_id, caller.client_id, report_id, "proof", now)
    return ProofView.model_validate(proof)
