"""How a lake stands: what each feed holds, when it was last heard of, and what waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bureau.db import Instant
from features.contracts.feeds import FEEDS
from features.lake.freshness import newest_deliveries, stale_feeds
from features.lake.lake import Lake
from features.lake.tables import Batch, LakeFile, Quarantined


@dataclass(frozen=True)
class FeedStatus:
    """rows: stored, all versions. waiting: in quarantine. received_at: the newest arrival, None before any; a history
    without a row arrived on no day of its own.

    due_by: the day by which the next delivery is due, None before the first. stale: that day is over.
    """

    feed: str
    name: str
    department: str
    batches: int
    files: int
    rows: int
    waiting: int
    received_at: datetime | None
    due_by: date | None
    stale: bool


def landed_deliveries(lake: Lake) -> frozenset[str]:
    """Every delivery that has landed, as FEED-BATCH."""
    with lake.catalogue.connect() as connection:
        landed = connection.execute(select(Batch.feed, Batch.batch_id)).all()
    return frozenset(f"{feed}-{batch_id}" for feed, batch_id in landed)


def feed_statuses(lake: Lake, day: date) -> list[FeedStatus]:
    """The newest state of every feed there is a contract for, in the catalogue's order. day: on which one is stale."""
    snapshot = lake.snapshot()
    newest = newest_deliveries(lake, day, snapshot)
    stale = stale_feeds(lake, day, newest, snapshot)
    rows = LakeFile.removed_in.is_(None) & (LakeFile.kind == "rows")
    with lake.catalogue.connect() as connection:
        heard = func.max(Batch.received_at, type_=Instant).filter(~Batch.history | (Batch.rows > 0))
        batches = _by_feed(connection, Batch.feed, func.count(), heard)
        files = _by_feed(connection, LakeFile.feed, func.count(), func.sum(LakeFile.rows), where=rows)
        waiting = _by_feed(connection, Quarantined.feed, func.count(), where=Quarantined.settled_in.is_(None))
    return [
        FeedStatus(
            feed=contract.code,
            name=contract.name,
            department=contract.department,
            batches=batches.get(contract.code, (0, None))[0],
            files=files.get(contract.code, (0, 0))[0],
            rows=int(files.get(contract.code, (0, 0))[1]),
            waiting=waiting.get(contract.code, (0,))[0],
            received_at=batches.get(contract.code, (0, None))[1],
            due_by=newest[contract.code] + timedelta(contract.fresh_for_days) if contract.code in newest else None,
            stale=contract.code in stale,
        )
        for contract in FEEDS
    ]


def _by_feed(connection: Connection, feed: Any, *figures: Any, where: Any = True) -> dict[str, tuple[Any, ...]]:
    query = select(feed, *figures).where(where).group_by(feed)
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}
