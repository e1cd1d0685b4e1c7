"""Whether a feed was silent too long on a day, as a snapshot tells it: what marks every answer that rests on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, func, or_, select

from bureau.clock import known_before, shanghai_day
from bureau.db import Instant
from features.contracts.feeds import find_feed
from features.lake.lake import Lake
from features.lake.quarantine import KEEP_THEIR_INSTANT
from features.lake.tables import Batch, Quarantined


@dataclass(frozen=True)
class StaleFeed:
    """newest: the day its newest delivery arrived. due_by: the day by which the next was due."""

    feed: str
    newest: date
    due_by: date


def stale_feeds(lake: Lake, as_of: date, feeds: Iterable[str], snapshot: int | None = None) -> dict[str, StaleFeed]:
    """Those of some feeds whose next delivery was overdue on a day, by code. A feed never received is not stale.

    A delivery counts from the day it was received, one of which every row was refused as if it had never come. One of
    history holds rows received all along until its newest.
    A derived feed is as stale as the one it is made of that is longest overdue.
    """
    newest = newest_deliveries(lake, as_of, lake.snapshot() if snapshot is None else snapshot)
    found = {}
    for feed in sorted(set(feeds)):
        overdue = [
            StaleFeed(feed, newest[one], due_by)
            for one in (find_feed(feed).derived_from or (feed,))
            if one in newest and as_of > (due_by := newest[one] + timedelta(find_feed(one).fresh_for_days))
        ]
        if overdue:
            found[feed] = min(overdue, key=lambda one: one.due_by)
    return found


@lru_cache(maxsize=64)
def newest_deliveries(lake: Lake, as_of: date, snapshot: int) -> dict[str, date]:
    """The day of each feed's newest delivery received by a day. A snapshot never changes, so neither does this."""
    within, before = and_(Batch.added_in <= snapshot, _was_read(snapshot)), known_before(as_of)
    newest = select(Batch.feed, func.max(Batch.received_at, type_=Instant)).where(within, Batch.received_at < before)
    going_on = select(Batch.feed).where(within, Batch.received_at >= before, Batch.history).distinct()
    with lake.catalogue.connect() as connection:
        found = connection.execute(newest.group_by(Batch.feed)).all()
        days = {feed: shanghai_day(received_at) for feed, received_at in found}
        return days | dict.fromkeys(connection.scalars(going_on), as_of)


def _was_read(snapshot: int) -> ColumnElement[bool]:
    """Whether a delivery had no row, or one that did not break its contract: it may wait for its owner. Or one that
    did has been taken since."""
    row = Quarantined
    taken = row.settled_in <= snapshot
    # Of those an earlier version landed it is not known how many did, but what still waits for its owner did not.
    kept = or_(taken, and_(Batch.refused.is_(None), row.code.in_(KEEP_THEIR_INSTANT)))
    kept_row = select(row.id).where(row.feed == Batch.feed, row.batch_no == Batch.id, kept)
    refused = func.coalesce(Batch.refused, Batch.quarantined)
    return or_(Batch.rows == 0, refused < Batch.rows, kept_row.exists())
