"""Which states of the lake the stored answers rest on."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.metering.tables import Call, StoredAnswer


def answered_snapshots(session: Session, since: datetime) -> list[int]:
    """The snapshots that answers given since an instant were read from, ascending, each once."""
    numbers = select(Call.snapshot).join(StoredAnswer, StoredAnswer.call_id == Call.id).distinct()
    found = numbers.where(Call.snapshot.is_not(None), Call.committed_at >= since).order_by(Call.snapshot)
    return [number for number in session.scalars(found) if number is not None]
