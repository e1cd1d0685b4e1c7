"""A match's way through the bank: contacted, applied, approved, drawn, or rejected on the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.matching.tables import Match, MatchEvent
from api.seen import find_seen
from bureau.errors import StateConflict, UnknownObject

Event = Literal["contacted", "applied", "approved", "drawn", "rejected"]
State = Literal["matched", "contacted", "applied", "approved", "drawn", "rejected"]

FOLLOWS: Mapping[State, tuple[Event, ...]] = {
    "matched": ("contacted", "applied", "rejected"),
    "contacted": ("applied", "rejected"),
    "applied": ("approved", "rejected"),
    "approved": ("drawn", "rejected"),
    "drawn": (),
    "rejected": (),
}
"""What may be recorded next; a firm that applies by itself need not be contacted first."""


@dataclass(frozen=True)
class MatchHistory:
    """A match with its events, oldest first; its state is the last event."""

    match: Match
    events: tuple[MatchEvent, ...]

    @property
    def state(self) -> State:
        return cast(State, self.events[-1].event) if self.events else "matched"


def find_match(session: Session, match_id: str) -> MatchHistory:
    """A match of the institution's needs or loan products; raises `UnknownObject` for one the session does not see."""
    match = find_seen(session, Match, match_id, "match")
    events = session.scalars(select(MatchEvent).where(MatchEvent.match_id == match_id).order_by(MatchEvent.number))
    return MatchHistory(match, tuple(events))


def record_event(
    session: Session,
    institution_id: int,
    client_id: str,
    match_id: str,
    event: Event,
    *,
    happened_on: date,
    amount_fen: int | None,
    at: datetime,
) -> MatchHistory:
    """Add the bank's next step; only the institution whose loan product it is may.

    Raises `StateConflict` for a step that cannot follow the last one, or that another one came before.
    """
    history = find_match(session, match_id)
    if history.match.other_institution_id != institution_id:
        raise UnknownObject("match of your own loan products", match_id)
    possible = FOLLOWS[history.state]
    if event not in possible:
        raise StateConflict(
            f"Match {match_id} is {history.state}; {event!r} cannot follow. "
            f"Possible now: {', '.join(possible) or 'nothing more'}."
        )
    step = MatchEvent(
        match_id=match_id,
        number=len(history.events) + 1,
        event=event,
        happened_on=happened_on,
        amount_fen=amount_fen,
        recorded_by=client_id,
        recorded_at=at,
    )
    session.add(step)
    try:
        session.flush()
    except IntegrityError as problem:
        raise StateConflict(f"Another step of match {match_id} was just recorded. Read it, then decide.") from problem
    return MatchHistory(history.match, (*history.events, step))
