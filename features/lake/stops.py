"""Feeds that stopped because a delivery no longer looked as agreed; every other feed goes on.

A stop stands until the same publisher delivers rows made no earlier than the refused ones, or an operator
acknowledges it. Until then nothing else of the feed lands: an older file in the old shape says nothing about the new
one. Nothing of the refused file is kept: the publisher sends it again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, literal, select, update

from bureau.errors import FeedStopped, SchemaDrift, UnknownName
from features.contracts.feeds import find_feed
from features.lake.delivery import Delivery, agreed, read_delivery
from features.lake.file_names import kept_name
from features.lake.lake import Lake
from features.lake.landing import Landed, land
from features.lake.raw_identity import masked_sentence
from features.lake.sidecar import Sidecar, read_sidecar
from features.lake.tables import Batch, FeedStop

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Stop:
    """A refused file, by its name as it may be kept. publisher: None where an earlier version did not note it.

    made_at: by its own word.
    """

    feed: str
    file: str
    reason: str
    publisher: str | None
    made_at: datetime


def take(
    lake: Lake, path: Path, *, at: datetime, feed: str | None = None, history: bool = False, links: bool = True
) -> Landed:
    """Read a delivery and land it. Raises what `read_or_stop` raises; a change of columns is written down first."""
    return land(lake, read_or_stop(lake, path, at=at, feed=feed, history=history), received_at=at, links=links)


def read_or_stop(lake: Lake, path: Path, *, at: datetime, feed: str | None = None, history: bool = False) -> Delivery:
    """Read a delivery; where its columns are not those agreed the feed is noted as stopped.

    history: whether its rows may bring the instants they were received at; `UnreadableFile` where its sidecar says
        otherwise.
    Raises `FeedStopped` where the feed has stopped and this delivery does not end that.
    """
    try:
        delivery = agreed(read_delivery(path, feed, history=history), history=history)
    except SchemaDrift as drift:
        reason = masked_sentence(drift.why)
        values = {"feed": drift.feed, "file": kept_name(path), "reason": reason, "noted_at": at}
        values |= _said(path, drift.feed) | {"after_snapshot": lake.snapshot()}
        with lake.catalogue.begin() as connection:
            connection.execute(insert(FeedStop).values(values))
        raise
    _refuse_stopped(lake, path, delivery.sidecar)
    return delivery


def standing_stops(lake: Lake) -> dict[str, str]:
    """Why each stopped feed stopped: its newest refused file and what was wrong with it, by feed."""
    return {stop.feed: f"{stop.file}: {stop.reason}" for stop in _standing(lake)}


def acknowledge(lake: Lake, feed: str, *, at: datetime) -> None:
    """Let a stopped feed go on by an operator's word. Raises `UnknownName` where it has not stopped."""
    if feed not in standing_stops(lake):
        raise UnknownName("stopped feed", feed, see="bureau feeds list")
    with lake.catalogue.begin() as connection:
        stops = update(FeedStop).where(FeedStop.feed == feed, FeedStop.acknowledged_at.is_(None))
        connection.execute(stops.values(acknowledged_at=at))


def _standing(lake: Lake) -> list[_Stop]:
    """Every stop that nothing has ended yet, oldest first."""
    made_at = func.coalesce(FeedStop.produced_at, literal(_LONG_AGO, FeedStop.produced_at.type))
    mended = select(Batch.id).where(
        Batch.feed == FeedStop.feed,
        Batch.publisher == func.coalesce(FeedStop.publisher, Batch.publisher),
        Batch.produced_at >= made_at,
        Batch.added_in > FeedStop.after_snapshot,
        Batch.landed > 0,
    )
    told = (FeedStop.feed, FeedStop.file, FeedStop.reason, FeedStop.publisher, made_at)
    standing = select(*told).where(FeedStop.acknowledged_at.is_(None), ~mended.exists()).order_by(FeedStop.id)
    with lake.catalogue.connect() as connection:
        return [_Stop(*row) for row in connection.execute(standing)]


def _refuse_stopped(lake: Lake, path: Path, said: Sidecar) -> None:
    """Only what ends every stop its publisher caused may land; where others caused them, theirs must."""
    stops = [stop for stop in _standing(lake) if stop.feed == said.feed]
    own = [stop for stop in stops if stop.publisher in (None, said.publisher)]
    left = [stop for stop in own if stop.made_at > said.produced_at] if own else stops
    if left:
        newest = max(left, key=lambda stop: stop.made_at)
        since = f"{newest.made_at:%Y-%m-%d %H:%M:%S} UTC"
        raise FeedStopped(path, said.feed, newest.file, newest.publisher or said.publisher, since)


def _said(path: Path, feed: str) -> dict[str, Any]:
    """Whose a refused file is and when it was made, by its sidecar or as a plain file tells."""
    sidecar = read_sidecar(path)
    if sidecar is None:
        made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return {"publisher": find_feed(feed).department, "produced_at": made_at}
    return {"publisher": sidecar.publisher, "produced_at": sidecar.produced_at}
