"""Matches: what became of a need and a loan product that met."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.caller import DbSession, MatchReader, Now, OfferCaller
from api.errors import problems
from api.identifiers import Identifier
from api.matching.funnel import Event, MatchHistory, State, find_match, record_event
from bureau.clock import shanghai_day
from bureau.errors import InvalidInput, RoleNotPermitted, StateConflict, UnknownObject, WrongCredentials

router = APIRouter(
    prefix="/v1/matches", tags=["matching"], responses=problems(WrongCredentials, RoleNotPermitted, UnknownObject)
)


class EventRequest(BaseModel):
    """One step of the bank with the enterprise."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"event": "approved", "happened_on": "2026-11-23", "amount_fen": 50000000}]},
    )

    event: Annotated[Event, Field(description="contacted, applied, approved, drawn in this order; rejected ends it.")]
    happened_on: Annotated[date | None, Field(description="Today without it.")] = None
    amount_fen: Annotated[
        int | None, Field(strict=True, gt=0, le=10**15, description="Needed for approved and drawn.")
    ] = None

    @model_validator(mode="after")
    def _names_its_amount(self) -> "EventRequest":
        if (self.amount_fen is None) == (self.event in ("approved", "drawn")):
            raise ValueError("amount_fen belongs to approved and drawn, and to no other event")
        return self


class EventView(BaseModel):
    """One recorded step."""

    model_config = ConfigDict(from_attributes=True)

    event: Event
    happened_on: date
    amount_fen: int | None
    recorded_at: datetime


class MatchView(BaseModel):
    """A match and its way so far."""

    match_id: str
    need_id: str
    loan_product_id: str
    state: State
    events: list[EventView]


def view(history: MatchHistory) -> MatchView:
    """A match as either of its two institutions reads it."""
    return MatchView(
        match_id=history.match.id,
        need_id=history.match.need_id,
        loan_product_id=history.match.loan_product_id,
        state=history.state,
        events=[EventView.model_validate(event) for event in history.events],
    )


@router.get("/{match_id}", summary="Read one match")
def read_match(match_id: Identifier, _caller: MatchReader, session: DbSession) -> MatchView:
    """For the institution that wrote the need down and for the one that offers the loan."""
    return view(find_match(session, match_id))


@router.post(
    "/{match_id}/events",
    status_code=201,
    summary="Record the bank's next step",
    responses=problems(StateConflict, InvalidInput),
)
def create_event(
    match_id: Identifier, request: EventRequest, caller: OfferCaller, session: DbSession, now: Now
) -> MatchView:
    """By the institution that offers the loan. A step that cannot follow the last one is a 409."""
    happened_on = request.happened_on or shanghai_day(now)
    if happened_on > shanghai_day(now):
        raise InvalidInput(f"happened_on is {happened_on}, which has not come yet. Record a step when it is done.")
    return view(
        record_event(
            session,
            caller.institution_id,
            caller.client_id,
            match_id,
            request.event,
            happened_on=happened_on,
            amount_fen=request.amount_fen,
            at=now,
        )
    )
