"""Whether a feed was silent too long on a day, as a snapshot tells it: what marks every answer that rests on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import select

from bureau.clock import known_before, shanghai_day
from features.contracts.feeds import find_feed
from features.lake.lake import Lake
from features.lake.tables import Batch


@dataclass(frozen=True)
class StaleFeed:
    """newest: the day its newest delivery arrived. due_by: the day by which the next was due."""

    feed: str
    newest: date
    due_by: date


def stale_feeds(lake: Lake, as_of: date, feeds: Iterable[str], snapshot: int | None = None) -> dict[str, StaleFeed]:
    """Those of some feeds whose next delivery was overdue on a day, by code. A feed never received is not stale.

    A delivery counts from the day it was received. One of history holds rows received all along until its newest.
    """
    newest = _newest(lake, as_of, lake.snapshot() if snapshot is None else snapshot)
    found = {}
    for feed in sorted(set(feeds) & newest.keys()):
        due_by = newest[feed] + timedelta(find_feed(feed).fresh_for_days)
        if as_of > due_by:
            found[feed] = StaleFeed(feed, newest[feed], due_by)
    return found


@lru_cache(maxsize=64)
def _newest(lake: Lake, as_of: date, snapshot: int) -> dict[str, date]:
    """The day of each feed's newest delivery received by a day. A snapshot never changes, so neither does this."""
    query = select(Batch.feed, Batch.received_at, Batch.history).where(Batch.added_in <= snapshot)
    days: dict[str, date] = {}
    with lake.catalogue.connect() as connection:
        for feed, received_at, history in connection.execute(query):
            if received_at < known_before(as_of):
                day = shanghai_day(received_at)
            elif history:
                day = as_of
            else:
                continue
            days[feed] = max(day, days.get(feed, day))
    return days
