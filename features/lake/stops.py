"""Feeds that stopped because a delivery no longer looked as agreed; every other feed goes on.

A stop stands until the feed's next delivery lands. Nothing of the refused file is kept: the publisher sends it again.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from bureau.errors import SchemaDrift
from features.lake.delivery import Delivery, read_delivery
from features.lake.lake import Lake
from features.lake.landing import Landed, land
from features.lake.tables import Batch, FeedStop


def take(lake: Lake, path: Path, *, at: datetime, feed: str | None = None, history: bool = False) -> Landed:
    """Read a delivery and land it. Raises what `read_delivery` raises; a change of columns is written down first."""
    return land(lake, read_or_stop(lake, path, at=at, feed=feed, history=history), received_at=at)


def read_or_stop(lake: Lake, path: Path, *, at: datetime, feed: str | None = None, history: bool = False) -> Delivery:
    """Read a delivery; where its columns are not those agreed the feed is noted as stopped."""
    try:
        return read_delivery(path, feed, history=history)
    except SchemaDrift as drift:
        values = {"feed": drift.feed, "file": path.name, "reason": drift.why, "noted_at": at}
        with lake.catalogue.begin() as connection:
            connection.execute(insert(FeedStop).values(values | {"after_snapshot": lake.snapshot()}))
        raise


def standing_stops(lake: Lake) -> dict[str, str]:
    """Why each stopped feed stopped: its newest refused file and what was wrong with it, by feed."""
    last_landed = select(func.max(Batch.added_in)).where(Batch.feed == FeedStop.feed).scalar_subquery()
    standing = select(FeedStop.feed, FeedStop.file, FeedStop.reason).where(
        FeedStop.after_snapshot >= func.coalesce(last_landed, 0)
    )
    with lake.catalogue.connect() as connection:
        return {feed: f"{file}: {reason}" for feed, file, reason in connection.execute(standing.order_by(FeedStop.id))}
