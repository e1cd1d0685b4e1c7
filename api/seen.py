"""Objects as a session sees them: what belongs to somebody else is as good as not there."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.tables import LedgerTable
from bureau.errors import UnknownObject

Row = TypeVar("Row", bound=LedgerTable)


def find_seen(session: Session, table: type[Row], identity: str, kind: str) -> Row:
    """One row by its id; raises `UnknownObject`, also for one the session does not see."""
    found = session.scalar(select(table).where(_id(table) == identity))
    if found is None:
        raise UnknownObject(kind, identity)
    return found


def list_seen(session: Session, table: type[Row], *, cursor: str | None, limit: int) -> Sequence[Row]:
    """Up to `limit` rows the session sees, newest first, from after the id `cursor`."""
    query = select(table).order_by(_id(table).desc()).limit(limit)
    return session.scalars(query if cursor is None else query.where(_id(table) < cursor)).all()


def _id(table: type[Row]) -> InstrumentedAttribute[str]:
    identity: InstrumentedAttribute[str] = table.id  # type: ignore[attr-defined]  # every listed table has one
    return identity
