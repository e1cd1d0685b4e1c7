"""Statements as the institution sees them: read, traced to calls, reconciled, agreed to."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.access.tokens import Identity
from api.answers import SIGNED, Csv
from api.audit.suites import STANDARD
from api.billing.agreeing import agree_to_statement
from api.billing.lines import calls_of
from api.billing.months import Month
from api.billing.printing import signed_print, statement_number
from api.billing.reconciling import TheirLine, reconcile
from api.billing.statements import as_csv, draw_up, find_statement, issue_statement
from api.billing.tables import Statement, StatementSignature
from api.caller import AgreeingCaller, DbSession, Now, Served, StatementCaller
from api.deployment import Deployment
from api.errors import problems
from bureau.db import transaction
from bureau.errors import (
    FontMissing,
    ImpossibleDate,
    InvalidInput,
    RoleNotPermitted,
    StateConflict,
    UnknownObject,
    WrongCredentials,
)

router = APIRouter(
    prefix="/v1/statements",
    tags=["statements"],
    responses=problems(WrongCredentials, RoleNotPermitted, ImpossibleDate, UnknownObject),
)
PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}
MonthPath = Annotated[str, Path(description="As 2026-11; a month of Shanghai.", max_length=7)]


class StatementLine(BaseModel):
    """Calls that cost for the same reason under the same contract version."""

    number: int
    product: str
    product_version: int
    contract_version: int | None
    price_rule: int
    purpose: str
    outcome: str
    basis: str
    kind: Literal["charge", "reversal", "credit"]
    calls: int
    units: int
    amount_fen: int


class Correction(BaseModel):
    """What one earlier month comes to less: `reversed_fen` and `minimum_keeps_fen` together."""

    month: str
    reversed_fen: Annotated[int, Field(description="What was given back for its calls, below zero.")]
    minimum_keeps_fen: Annotated[int, Field(description="What of that its minimum keeps: that month costs no less.")]


class StatementView(BaseModel):
    """A month: `total_fen` is what its calls cost, or the contract's minimum where that is more, less what comes off
    for months before; `due_fen` is what is to be paid of it."""

    institution: str
    month: str
    begins: datetime
    ends: datetime
    lines: list[StatementLine]
    calls_fen: int
    minimum_fen: int
    minimum_top_up_fen: int
    corrections: Annotated[
        list[Correction], Field(description="Reversals of calls of months before, whose statements stand.")
    ] = []
    corrections_fen: int = 0
    credits_fen: Annotated[int, Field(description="Of service levels missed in months before, below zero.")] = 0
    total_fen: int
    paid_from_wallet_fen: Annotated[
        int, Field(description="What your wallet paid of it, less what flowed back into the wallet.")
    ] = 0
    due_fen: Annotated[
        int | None,
        Field(description="The total without that. One below zero is owed to you; None of a statement without wallet."),
    ] = None
    issued_at: Annotated[datetime | None, Field(description="None while the month lasts: what it comes to so far.")] = (
        None
    )


class CallOfLine(BaseModel):
    """One call, reversal or credit behind a line."""

    id: str
    call_id: Annotated[str | None, Field(description="None of a credit: `id` is its credit note's.")]
    client_serial: str | None
    amount_fen: int
    committed_at: datetime


class CallsOfLine(BaseModel):
    """All of them; their amounts add up to the line's."""

    calls: list[CallOfLine]


class TheirLineView(BaseModel):
    """One charge as you have it; named by our `call_id` or, where it names one call, by your `client_serial`."""

    model_config = ConfigDict(extra="forbid")

    amount_fen: Annotated[int, Field(ge=-(10**15), le=10**15)]
    call_id: Annotated[str | None, Field(max_length=64)] = None
    client_serial: Annotated[str | None, Field(max_length=200)] = None


class ReconciliationRequest(BaseModel):
    """Your lines of the month."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"lines": [{"client_serial": "LN-2026-000123", "amount_fen": 800}]}],
        },
    )

    lines: Annotated[list[TheirLineView], Field(max_length=200_000)]


class ComparedLine(BaseModel):
    """A line on which the two books differ."""

    outcome: Literal["amount_differs", "only_ours", "only_theirs"]
    call_id: str | None
    client_serial: str | None
    ours_fen: int | None
    theirs_fen: int | None


class ReconciliationView(BaseModel):
    """What was compared; the counts are kept."""

    reconciliation_id: str
    month: str
    theirs_sha256: Annotated[str, Field(description="Over the RFC 8785 form of [[call_id, client_serial, fen], ...].")]
    matched: int
    amount_differs: int
    only_ours: int
    only_theirs: int
    ours_fen: int
    theirs_fen: int
    differences: list[ComparedLine]


class AgreementRequest(BaseModel):
    """Your agreement to the statement as you read it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"sha256": "ab" * 32}]})

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Over the RFC 8785 form of the statement.")]
    jws: Annotated[
        str | None,
        Field(
            max_length=8192,
            description="Your detached JWS (RFC 7515 appendix F) over that form, by a key of this client; wanted where "
            "a client of your institution that may agree has keys.",
        ),
    ] = None


class AgreementView(BaseModel):
    """The month is closed on both sides; what is corrected later falls into the next."""

    month: str
    sha256: str
    signed_at: datetime
    client_id: str
    jws: Annotated[str | None, Field(description="None where it agreed by its call alone.")]
    signature_alg: Annotated[str | None, Field(description="Of the jws.")]


class IssueView(BaseModel):
    """The platform's signature, over the bytes of the statement as they are sent; its key is in the JWKS."""

    issued_at: datetime
    jws: str
    signature_alg: str


class SignaturesView(BaseModel):
    """Who has signed a month, and over what."""

    month: str
    sha256: Annotated[str, Field(description="Over the RFC 8785 form of the statement.")]
    platform: IssueView
    institution: Annotated[AgreementView | None, Field(description="None until it has agreed.")]


@router.get(
    "/{month}",
    response_model=StatementView,
    summary="A month's statement",
    responses={200: {"headers": SIGNED}, **problems(StateConflict)},
)
def read_statement(
    month: MonthPath, caller: StatementCaller, session: DbSession, deployment: Served, now: Now
) -> Response:
    """A month that is over is issued and signed when it is first read; from then on it is the same bytes. Of a month
    before your first contract there is none."""
    meant = Month.parse(month)
    if now < meant.ends:
        content = draw_up(session, caller.institution_id, meant)
        if now < meant.begins and not content["lines"]:  # there are some where another server's clock is ahead
            raise StateConflict(f"{meant} has not begun, so it has no statement yet.")
        return Response(StatementView.model_validate(content).model_dump_json(), media_type="application/json")
    issued = issue_statement(session, deployment.answers, caller.institution_id, meant, now)
    return Response(issued.body, headers={"X-Bureau-Signature": issued.jws}, media_type="application/json")


@router.get(
    "/{month}/csv",
    response_class=Csv,
    summary="A month's lines as CSV",
    responses=problems(StateConflict),
)
def read_statement_csv(month: MonthPath, caller: StatementCaller, deployment: Served, now: Now) -> Response:
    """Of a month that is over."""
    return Csv(as_csv(_issued(deployment, caller, month, now).body))


@router.get(
    "/{month}/pdf",
    response_class=Response,
    summary="A month's statement as a signed PDF",
    responses={**PDF, **problems(StateConflict, FontMissing)},
)
def read_statement_pdf(month: MonthPath, caller: StatementCaller, deployment: Served, now: Now) -> Response:
    """Of a month that is over: PDF/A-3 with the JSON and the CSV attached, signed (PAdES) by the platform.

    The certificate to check it with is in `/.well-known/certificates.pem`.
    """
    issued = _issued(deployment, caller, month, now)
    with transaction(deployment.rows_of(caller.sight)) as session:
        printed = signed_print(session, issued, deployment.settings, now)
    name = {"Content-Disposition": f'attachment; filename="{statement_number(issued)}.pdf"'}
    return Response(printed, headers=name, media_type="application/pdf")


def _issued(deployment: Deployment, caller: Identity, month: str, at: datetime) -> Statement:
    """Committed: who issues a statement is in the ledger's turn, and calls would wait for what is made of it too."""
    with transaction(deployment.rows_of(caller.sight)) as session:
        return issue_statement(session, deployment.answers, caller.institution_id, Month.parse(month), at)


@router.get("/{month}/lines/{number}/calls", summary="The calls behind a line")
def read_calls(
    month: MonthPath,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    caller: StatementCaller,
    session: DbSession,
) -> CallsOfLine:
    """Every call and reversal that a line counts, in the order of their commits."""
    meant = Month.parse(month)
    lines: list[dict[str, Any]] = draw_up(session, caller.institution_id, meant)["lines"]
    if number > len(lines):
        raise UnknownObject("line of the statement", str(number))
    calls = calls_of(session, caller.institution_id, meant, lines[number - 1])
    return CallsOfLine(calls=[CallOfLine.model_validate(call) for call in calls])


@router.post("/{month}/reconciliation", summary="Compare your lines with ours", responses=problems(InvalidInput))
def reconcile_month(
    month: MonthPath, request: ReconciliationRequest, caller: StatementCaller, session: DbSession, now: Now
) -> ReconciliationView:
    """Matched by the call's number; answers every line on which the two books differ."""
    meant = Month.parse(month)
    theirs = [TheirLine(line.amount_fen, line.call_id, line.client_serial) for line in request.lines]
    kept, differences = reconcile(session, caller.institution_id, meant, theirs, client_id=caller.client_id, at=now)
    return ReconciliationView(
        reconciliation_id=kept.id,
        month=str(meant),
        theirs_sha256=kept.theirs_sha256,
        matched=kept.matched,
        amount_differs=kept.amount_differs,
        only_ours=kept.only_ours,
        only_theirs=kept.only_theirs,
        ours_fen=kept.ours_fen,
        theirs_fen=kept.theirs_fen,
        differences=[ComparedLine.model_validate(vars(line)) for line in differences],
    )


@router.get("/{month}/signatures", summary="Who has signed a month")
def read_signatures(month: MonthPath, caller: StatementCaller, session: DbSession) -> SignaturesView:
    """Of a month that was issued."""
    meant = Month.parse(month)
    issued = find_statement(session, caller.institution_id, meant)
    agreed = session.get(StatementSignature, (caller.institution_id, meant.first))
    return SignaturesView(
        month=str(meant),
        sha256=issued.sha256,
        platform=IssueView(
            issued_at=issued.issued_at,
            jws=issued.jws,
            signature_alg=issued.signature_alg or STANDARD.signature_alg,
        ),
        institution=None if agreed is None else _agreement(agreed),
    )


@router.post(
    "/{month}/signature", summary="Agree to a statement, or sign it", responses=problems(StateConflict, InvalidInput)
)
def agree(
    month: MonthPath, request: AgreementRequest, caller: AgreeingCaller, session: DbSession, now: Now
) -> AgreementView:
    """With the digest of the statement you have read, and your signature; agreeing again changes nothing.

    A signature that comes after another agreement is refused: one of a month is kept.
    """
    return _agreement(
        agree_to_statement(
            session,
            caller.institution_id,
            Month.parse(month),
            sha256=request.sha256,
            client_id=caller.client_id,
            jws=request.jws,
            at=now,
        )
    )


def _agreement(agreed: StatementSignature) -> AgreementView:
    return AgreementView(
        month=str(Month(agreed.month)),
        sha256=agreed.sha256,
        signed_at=agreed.signed_at,
        client_id=agreed.client_id,
        jws=agreed.jws,
        signature_alg=agreed.signature_alg,
    )
