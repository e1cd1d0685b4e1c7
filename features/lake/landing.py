"""Land a delivery: judge its rows, store the good ones, hold the others, all in one transaction or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, insert, select, update

from bureau.clock import from_micros
from features.contracts.feeds import FEEDS
from features.lake.delivery import PORTION, Delivery
from features.lake.entry import Entry, make_snapshot
from features.lake.erased import erased_in, leave_out_erased, note_sent_again
from features.lake.files import exclusive
from features.lake.judgement import Judged
from features.lake.judging import Here, Judging
from features.lake.lake import Lake
from features.lake.quarantine import hold
from features.lake.relinking import relink
from features.lake.renaming import feeds_since, note_settled, renamed_since_settled
from features.lake.sent import erase_from_deliveries, replace_deliveries
from features.lake.sidecar import Sidecar
from features.lake.tables import Batch
from features.lake.writing import store


@dataclass(frozen=True)
class Landed:
    """What became of a delivery's rows: landed + quarantined + unchanged = rows.

    unchanged: stored or waiting already, or of a record erased by law. doubtful: rows a warning rule doubts; they
    count in the others too. snapshot: the newest after landing.
    """

    feed: str
    batch_id: str
    rows: int
    landed: int
    quarantined: int
    unchanged: int
    doubtful: int
    snapshot: int


@dataclass(frozen=True)
class _Portion:
    """What became of a portion's rows. newest: the latest arrival among those kept (microseconds).

    refused: rows that broke their contract, whether they waited already or not. erased: ids of records that had been
    erased.
    """

    landed: int
    quarantined: int
    unchanged: int
    doubtful: int
    refused: int
    newest: int | None
    erased: pl.Series


_COUNTS = ("landed", "quarantined", "unchanged", "doubtful")


def land(lake: Lake, delivery: Delivery, *, received_at: datetime, links: bool = True) -> Landed:
    """Land one delivery. `received_at` stamps its rows; those of a history delivery bring their own.

    The same batch twice changes nothing; what was erased since leaves its file again. Good rows are stored, the others
    wait in quarantine. Killed at any point, the former snapshot is intact and landing again completes it. Afterwards
    links are settled: rows of any feed whose name now means another enterprise find it.

    links: False leaves that to `settle_links`, which who lands many deliveries calls once at their end.
    """
    with ThreadPoolExecutor(1) if delivery.table.rows > PORTION else Here() as beside:
        return land_judged(lake, Judging(delivery, received_at, beside), links=links)


def land_judged(lake: Lake, judging: Judging, *, links: bool) -> Landed:
    """`land` of a delivery that is being judged already."""
    delivery, received_at = judging.delivery, judging.received_at
    with exclusive(lake):
        said = delivery.sidecar
        if has_landed(lake, said):
            erased = erased_in(lake, delivery)
            with lake.catalogue.begin() as connection:
                erase_from_deliveries(lake, connection, delivery.contract, erased)
            replace_deliveries(lake)
            if links:
                _settle(lake, at=received_at)
            return Landed(said.feed, said.batch_id, said.rows, 0, 0, said.rows, 0, lake.snapshot())
        with lake.catalogue.begin() as connection:
            landed, erased = _land(lake, connection, judging)
            erase_from_deliveries(lake, connection, delivery.contract, erased)
        if not erased.is_empty():
            replace_deliveries(lake)
        if links:
            _settle(lake, at=received_at)
        return replace(landed, snapshot=lake.snapshot())


def settle_links(lake: Lake, *, at: datetime) -> None:
    """Bring the links of every feed in line with the names and rows known now. Doing it again changes nothing."""
    with exclusive(lake):
        _settle(lake, at=at)


def has_landed(lake: Lake, said: Sidecar) -> bool:
    """Whether a delivery of this batch and content is in the lake."""
    query = select(Batch.id).where(
        Batch.feed == said.feed, Batch.batch_id == said.batch_id, Batch.sha256 == said.sha256
    )
    with lake.catalogue.connect() as connection:
        return connection.scalar(query) is not None


def _settle(lake: Lake, *, at: datetime) -> None:
    renamed = renamed_since_settled(lake)
    linked = [contract for contract in FEEDS if contract.name_column is not None]
    if renamed is not None and renamed.nothing:
        touched = feeds_since(lake, [contract.code for contract in linked], renamed.since)
        linked = [contract for contract in linked if contract.code in touched]
    for contract in linked:
        relink(lake, contract, at=at, renamed=renamed)
    note_settled(lake)


def _land(lake: Lake, connection: Connection, judging: Judging) -> tuple[Landed, pl.Series]:
    """What became of a delivery, and the ids of records in it that had been erased."""
    delivery, received_at = judging.delivery, judging.received_at
    snapshot = make_snapshot(connection, "land", received_at, delivery.contract.code)
    batch_no = _open_batch(connection, delivery, received_at, snapshot)
    entry = Entry(lake, connection, delivery.contract, snapshot)
    parts = [
        _land_portion(replace(entry, portion=number), batch_no, delivered, judged, received_at)
        for number, (delivered, judged) in enumerate(judging)
    ]
    counts = {name: sum(getattr(part, name) for part in parts) for name in _COUNTS}
    told = counts | {"refused": sum(part.refused for part in parts)}
    newest = max((part.newest for part in parts if part.newest is not None), default=None)
    newest_at = received_at if newest is None else from_micros(newest)
    connection.execute(update(Batch).where(Batch.id == batch_no).values(**told, received_at=newest_at))
    said = delivery.sidecar
    erased = pl.concat([pl.Series(dtype=pl.String), *(part.erased for part in parts)])
    return Landed(said.feed, said.batch_id, said.rows, **counts, snapshot=snapshot), erased


def _land_portion(
    entry: Entry, batch_no: int, delivered: pl.DataFrame, judged: Judged, received_at: datetime
) -> _Portion:
    of_batch = pl.lit(batch_no, pl.Int32).alias("batch_no")
    judged, erased = leave_out_erased(entry, delivered, judged)
    if not erased.is_empty():
        note_sent_again(entry, batch_no, erased.len())
    stored = store(entry, judged.kept.with_columns(of_batch))
    refused = pl.concat([judged.refused, stored.refused]).with_columns(of_batch)
    held = hold(entry, delivered, refused, received_at)
    newest = judged.kept["received_at"].max()
    return _Portion(
        landed=stored.landed,
        quarantined=held,
        unchanged=stored.unchanged + refused.height - held + erased.len(),
        doubtful=judged.doubtful,
        refused=judged.refused.height,
        newest=None if newest is None else int(str(newest)),
        erased=erased,
    )


def _open_batch(connection: Connection, delivery: Delivery, received_at: datetime, snapshot: int) -> int:
    """The batch's line in the catalogue, its counts still open."""
    counts = dict.fromkeys(_COUNTS, 0)
    values = (
        delivery.sidecar.model_dump(exclude={"renamed"}) | counts | {"received_at": received_at, "added_in": snapshot}
    )
    number: int = connection.execute(insert(Batch).values(values).returning(Batch.id)).scalar_one()
    return number
