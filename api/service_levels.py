"""Service levels as the institution and the platform's people see them: verdicts, and credit notes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import SQLColumnExpression, select
from sqlalchemy.orm import Session

from api.access.naming import FIRMS, IS_FIRM, TOLD_NAME
from api.access.tables import Institution
from api.access.tokens import Identity
from api.billing.months import Month
from api.caller import DbSession, Now, PriceCaller, UsageCaller
from api.errors import problems
from api.identifiers import Identifier
from api.paging import Cursor, Limit, Page, page_of
from api.sla.crediting import CreditState, approve_credit, confirm_credit, decline_credit, find_credit
from api.sla.measuring import measure_month
from api.sla.tables import CreditNote
from api.statements import MonthPath
from api.tenancy import EVERYONE
from api.usage import visible_institution
from bureau.errors import (
    ImpossibleDate,
    InvalidInput,
    RoleNotPermitted,
    SecondPersonNeeded,
    StateConflict,
    UnknownObject,
    WrongCredentials,
)
from bureau.text import FreeLine

router = APIRouter(tags=["service levels"], responses=problems(WrongCredentials, RoleNotPermitted))
Measure = Literal["latency", "availability", "data_age"]
ToldName = Annotated[
    str, Field(description="Enterprises have no name, except to themselves and to who agrees to prices.")
]


class MissedView(BaseModel):
    """One promise of a contract and what the month's rows say of it."""

    model_config = ConfigDict(from_attributes=True)

    product: str
    measure: Measure
    limit: Annotated[int | None, Field(description="Milliseconds of a latency, days of an age of data.")]
    share_bp: Annotated[int, Field(description="Promised share of the calls that count, basis points.")]
    credit_percent: Annotated[int, Field(description="Of the product's charges of a month that misses it.")]
    counted: Annotated[int, Field(description="Calls that count; of availability also requests that failed.")]
    within: Annotated[int, Field(description="Of them, those that kept it.")]
    measured_bp: Annotated[int | None, Field(description="Their share, rounded down.")]
    reached: Annotated[
        int | None, Field(description="What the promised share of calls kept, exactly: microseconds or days.")
    ]
    kept: Annotated[bool | None, Field(description="Null where too few calls count.")]


class VerdictView(MissedView):
    """The same, and whose contract it is."""

    institution: ToldName


class Verdicts(BaseModel):
    """Of a month that is not over, what it comes to so far."""

    month: str
    over: bool
    verdicts: list[VerdictView]


class CreditView(BaseModel):
    """What a product's missed promises of a month are worth, and who agreed to it."""

    note_id: str
    institution: ToldName
    month: str
    product: str
    missed: list[MissedView]
    charged_fen: Annotated[int, Field(description="What the product's calls of the month cost.")]
    percent: int
    amount_fen: int
    state: Literal["proposed", "confirmed", "approved", "declined"]
    proposed_at: datetime
    confirmed_by: str | None
    approved_by: str | None
    approved_at: Annotated[datetime | None, Field(description="It is a line of this month's statement.")]
    declined_because: str | None


class Decline(BaseModel):
    """Why there is no credit; the institution reads it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "机构自身网络中断"}]})

    reason: FreeLine


@router.get("/v1/service-levels/{month}", summary="What a month's promises came to", responses=problems(ImpossibleDate))
def read_service_levels(month: MonthPath, caller: UsageCaller, session: DbSession, now: Now) -> Verdicts:
    """Your own contract's; the platform's people read every institution's. Measured on the billed rows."""
    meant, mine = Month.parse(month), visible_institution(caller)
    told = _told_name(caller)
    query = select(Institution.id, told).outerjoin(FIRMS, IS_FIRM).order_by(told, Institution.id)
    owners = session.execute(query if mine is None else query.where(Institution.id == mine)).tuples().all()
    verdicts = [
        VerdictView.model_validate(verdict.shown() | {"institution": name})
        for owner, name in owners
        for verdict in measure_month(session, owner, meant)
    ]
    return Verdicts(month=str(meant), over=now >= meant.ends, verdicts=verdicts)


@router.get("/v1/credit-notes", summary="List credit notes")
def list_credit_notes(
    caller: UsageCaller, session: DbSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[CreditView]:
    """Your own, newest first; the platform's people see every institution's."""
    query, mine = select(CreditNote.id).order_by(CreditNote.id.desc()).limit(limit + 1), visible_institution(caller)
    if mine is not None:
        query = query.where(CreditNote.institution_id == mine)
    if cursor is not None:
        query = query.where(CreditNote.id < cursor)
    ids, next_cursor = page_of(session.scalars(query).all(), limit, str)
    return Page(
        items=[_view(session, caller, find_credit(session, note_id)) for note_id in ids], next_cursor=next_cursor
    )


@router.post(
    "/v1/credit-notes/{note_id}/confirmation",
    summary="Confirm a credit note",
    responses=problems(UnknownObject, StateConflict),
)
def confirm(note_id: Identifier, caller: PriceCaller, session: DbSession, now: Now) -> CreditView:
    """Another pricing officer approves it."""
    return _view(session, caller, confirm_credit(session, note_id, by=caller.client_id, at=now))


@router.post(
    "/v1/credit-notes/{note_id}/approval",
    summary="Approve a credit note",
    responses=problems(UnknownObject, StateConflict, SecondPersonNeeded),
)
def approve(note_id: Identifier, caller: PriceCaller, session: DbSession, now: Now) -> CreditView:
    """By another officer than who confirmed it; it becomes a line of the present month's statement."""
    return _view(session, caller, approve_credit(session, note_id, by=caller.client_id, at=now))


@router.post(
    "/v1/credit-notes/{note_id}/refusal",
    summary="Decline a credit note",
    responses=problems(UnknownObject, StateConflict, InvalidInput),
)
def decline(note_id: Identifier, request: Decline, caller: PriceCaller, session: DbSession, now: Now) -> CreditView:
    """It stays on record with the reason."""
    return _view(session, caller, decline_credit(session, note_id, by=caller.client_id, reason=request.reason, at=now))


def _told_name(caller: Identity) -> SQLColumnExpression[str]:
    """What institutions are called to who reads them; by all their names only to who decides on their credit.

    By the role, and never by a scope that is missing: a token narrowed to fewer tells no more.
    """
    by_name = caller.sight != EVERYONE or "prices" in caller.scopes
    return Institution.name if by_name else TOLD_NAME


def _view(session: Session, caller: Identity, found: CreditState) -> CreditView:
    note, steps = found.note, found.steps
    names = select(_told_name(caller)).select_from(Institution).outerjoin(FIRMS, IS_FIRM)
    by: dict[str, Any] = {step: done.by for step, done in steps.items()}
    return CreditView(
        note_id=note.id,
        institution=session.scalars(names.where(Institution.id == note.institution_id)).one(),
        month=str(Month(note.month)),
        product=note.product_code,
        missed=[MissedView.model_validate(verdict) for verdict in note.verdicts],
        charged_fen=note.charged_fen,
        percent=note.percent,
        amount_fen=note.amount_fen,
        state=found.state,
        proposed_at=note.proposed_at,
        confirmed_by=by.get("confirmed"),
        approved_by=by.get("approved"),
        approved_at=steps["approved"].at if "approved" in steps else None,
        declined_because=steps["declined"].reason if "declined" in steps else None,
    )
