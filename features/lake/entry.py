"""One act of writing: the transaction it happens in, the feed it writes, the snapshot it makes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert

from features.contracts.contract import Contract
from features.lake.lake import Lake
from features.lake.tables import Snapshot


@dataclass(frozen=True)
class Entry:
    """Rows of one feed on their way into one snapshot. One entry writes one delta file at most."""

    lake: Lake
    connection: Connection
    contract: Contract
    snapshot: int


def make_snapshot(connection: Connection, act: str, at: datetime, feed: str | None = None) -> int:
    """Begin the next snapshot; others see it when the transaction commits."""
    values = {"act": act, "made_at": at, "feed": feed}
    number: int = connection.execute(insert(Snapshot).values(values).returning(Snapshot.id)).scalar_one()
    return number
