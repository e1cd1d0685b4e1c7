"""Land a delivery: judge its rows, store the good ones, hold the others, all in one transaction or not at all."""

from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, insert, select, update

from bureau.clock import from_micros
from features.contracts.feeds import FEEDS
from features.contracts.registration import REGISTRATION
from features.lake.delivery import Delivery
from features.lake.entry import Entry, make_snapshot
from features.lake.files import exclusive, sweep
from features.lake.judgement import Judged, judge
from features.lake.lake import Lake
from features.lake.quarantine import hold
from features.lake.relinking import relink
from features.lake.tables import Batch
from features.lake.writing import store


@dataclass(frozen=True)
class Landed:
    """What became of a delivery's rows: landed + quarantined + unchanged = rows.

    unchanged: stored or waiting already. doubtful: rows a warning rule doubts; they count in the others too.
    snapshot: the newest after landing.
    """

    feed: str
    batch_id: str
    rows: int
    landed: int
    quarantined: int
    unchanged: int
    doubtful: int
    snapshot: int


def land(lake: Lake, delivery: Delivery, *, received_at: datetime) -> Landed:
    """Land one delivery. `received_at` stamps its rows; those of a history delivery bring their own.

    The same batch twice changes nothing. Good rows are stored, the others wait in quarantine. Killed at any
    point, the former snapshot is intact and landing again completes it. Afterwards rows without a code are tried
    again: those of the feed, or of every feed when registrations came.
    """
    with exclusive(lake):
        if _landed_before(lake, delivery):
            said = delivery.sidecar
            return Landed(said.feed, said.batch_id, said.rows, 0, 0, said.rows, 0, lake.snapshot())
        sweep(lake)
        judged = judge(delivery.frame, delivery.contract, received_at)
        with lake.catalogue.begin() as connection:
            landed = _land(lake, connection, delivery, judged, received_at)
        for contract in FEEDS if delivery.contract is REGISTRATION else (delivery.contract,):
            relink(lake, contract, at=received_at)
        return replace(landed, snapshot=lake.snapshot())


def _landed_before(lake: Lake, delivery: Delivery) -> bool:
    said = delivery.sidecar
    query = select(Batch.id).where(
        Batch.feed == said.feed, Batch.batch_id == said.batch_id, Batch.sha256 == said.sha256
    )
    with lake.catalogue.connect() as connection:
        return connection.scalar(query) is not None


def _land(lake: Lake, connection: Connection, delivery: Delivery, judged: Judged, received_at: datetime) -> Landed:
    snapshot = make_snapshot(connection, "land", received_at, delivery.contract.code)
    batch_no = _open_batch(connection, delivery, received_at, snapshot)
    entry = Entry(lake, connection, delivery.contract, snapshot)
    of_batch = pl.lit(batch_no, pl.Int32).alias("batch_no")
    stored = store(entry, judged.kept.with_columns(of_batch))
    refused = pl.concat([judged.refused, stored.refused]).with_columns(of_batch)
    held = hold(entry, delivery.frame, refused, received_at)
    counts = {
        "landed": stored.landed,
        "quarantined": held,
        "unchanged": stored.unchanged + refused.height - held,
        "doubtful": judged.doubtful,
    }
    newest = judged.kept.select(pl.col("received_at").max()).item()
    newest_at = received_at if newest is None else from_micros(newest)
    connection.execute(update(Batch).where(Batch.id == batch_no).values(**counts, received_at=newest_at))
    said = delivery.sidecar
    return Landed(said.feed, said.batch_id, said.rows, **counts, snapshot=snapshot)


def _open_batch(connection: Connection, delivery: Delivery, received_at: datetime, snapshot: int) -> int:
    """The batch's line in the catalogue, its counts still open."""
    counts = dict.fromkeys(("landed", "quarantined", "unchanged", "doubtful"), 0)
    values = delivery.sidecar.model_dump() | counts | {"received_at": received_at, "added_in": snapshot}
    number: int = connection.execute(insert(Batch).values(values).returning(Batch.id)).scalar_one()
    return number
