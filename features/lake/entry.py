"""One act of writing: the transaction it happens in, the feed it writes, the snapshot it makes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

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
    """Begin the next snapshot; others see it when the transaction commits. Numbers have no gaps."""
    number = (connection.scalar(select(func.max(Snapshot.id))) or 0) + 1
    connection.execute(insert(Snapshot).values(id=number, act=act, made_at=at, feed=feed))
    return number
