"""Try again what waits in quarantine: under a later contract, or now that an enterprise bears the name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, bindparam, select, update

from bureau.clock import to_micros
from features.contracts.feeds import find_feed
from features.lake.catalogue import Query, Schema, read_frame, read_where_in
from features.lake.delivery import RECEIVED_AT
from features.lake.digest import record_numbers
from features.lake.entry import Entry, make_snapshot
from features.lake.files import exclusive
from features.lake.judgement import ROW, judge
from features.lake.lake import Lake
from features.lake.quarantine import KEEP_THEIR_INSTANT
from features.lake.tables import Quarantined
from features.lake.writing import store

PORTION = 2**17
"""Waiting rows tried together: what waits of a whole city would not fit in memory at once."""
_WAITING: Schema = {
    "id": pl.Int64,
    "batch_no": pl.Int32,
    "code": pl.String,
    "reason": pl.String,
    "cells": pl.String,
    "received_at": pl.Int64,
}


@dataclass(frozen=True)
class Replayed:
    """landed: rows now in the lake. unchanged: rows that were there already. waiting: rows still refused."""

    landed: int = 0
    unchanged: int = 0
    waiting: int = 0

    def __add__(self, other: "Replayed") -> "Replayed":
        return Replayed(self.landed + other.landed, self.unchanged + other.unchanged, self.waiting + other.waiting)


def replay(lake: Lake, *, at: datetime, feed: str | None = None) -> Replayed:
    """Try every waiting row of one feed or all again.

    A row that broke a rule counts as received `at`: nobody could use it before, so no earlier view changes. One
    that had no owner, or contradicted another, keeps the instant it arrived: what other records say decides on it.
    """
    with exclusive(lake):
        return sum((retry(lake, code, at=at) for code in _waiting_feeds(lake, feed)), Replayed())


def retry(
    lake: Lake, feed: str, *, at: datetime, codes: Sequence[str] = (), records: pl.Series | None = None
) -> Replayed:
    """Try a feed's waiting rows again, those refused for some codes or all; for the lake's one writer.

    records: numbers of the records whose rows are tried, all unless said. Rows of one record are tried together: a
    later version may follow an earlier one. Makes a snapshot only where a row stops waiting; of the others it is
    written down why they wait now.
    """
    if records is not None and records.is_empty():
        return Replayed()
    with lake.catalogue.connect() as connection:
        refused: list[pl.DataFrame] = []
        with connection.begin() as transaction:
            entry, replayed = Entry(lake, connection, find_feed(feed), snapshot=0), Replayed()
            for number, waiting in enumerate(_waiting(connection, feed, codes, records)):
                if number == 0:
                    entry = replace(entry, snapshot=make_snapshot(connection, "replay", at, feed))
                tried, refused_now = _retry(replace(entry, portion=number), waiting, at)
                replayed += tried
                refused.append(refused_now)
            if replayed.landed + replayed.unchanged == 0:
                transaction.rollback()
        with connection.begin():
            for rows in refused:
                _tell_why(connection, rows)
        return replayed


def _retry(entry: Entry, waiting: pl.DataFrame, at: datetime) -> tuple[Replayed, pl.DataFrame]:
    """What became of waiting rows; and of those refused for another reason than before what is to be written down."""
    cells = _cells(entry, waiting, at)
    arrived = cells.select(pl.col(RECEIVED_AT).max()).item()  # a home may live on a day before
    judged = judge(cells, entry.contract, max(at, arrived))
    batches = waiting.with_row_index(ROW).select(ROW, "batch_no")
    stored = store(entry, judged.kept.join(batches, on=ROW, maintain_order="left"))
    refused = pl.concat([judged.refused, stored.refused])
    numbered = waiting.with_row_index(ROW).with_columns(tried_at=cells[RECEIVED_AT].dt.epoch("us"))
    settled = numbered.join(refused, on=ROW, how="anti").select(i="id", s=pl.lit(entry.snapshot))
    both = numbered.join(refused, on=ROW, suffix="_now")
    moved = pl.any_horizontal(pl.col(said).ne_missing(pl.col(f"{said}_now")) for said in ("code", "reason"))
    counts = pl.when(pl.col("code_now").is_in(KEEP_THEIR_INSTANT)).then("tried_at").otherwise(RECEIVED_AT)
    again = both.filter(moved).select(code="code_now", reason="reason_now", received_at=counts, i="id")
    if not settled.is_empty():
        row = update(Quarantined).where(Quarantined.id == bindparam("i"))
        entry.connection.execute(row.values(settled_in=bindparam("s")), settled.to_dicts())
    return Replayed(stored.landed, settled.height - stored.landed, both.height), again


def _tell_why(connection: Connection, rows: pl.DataFrame) -> None:
    """Write down why rows wait now, and from when they count, should they be let in as they are."""
    if not rows.is_empty():
        row = update(Quarantined).where(Quarantined.id == bindparam("i"))
        told = row.values(code=bindparam("code"), reason=bindparam("reason"), received_at=bindparam("received_at"))
        connection.execute(told, rows.to_dicts())


def _cells(entry: Entry, waiting: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Waiting rows as they were delivered, every cell text, under the columns the contract has today."""
    shape = pl.Struct(dict.fromkeys(entry.contract.dtypes, pl.String()))
    arrived = pl.when(pl.col("code").is_in(KEEP_THEIR_INSTANT)).then(RECEIVED_AT).otherwise(to_micros(at))
    return waiting.select(
        pl.col("cells").str.json_decode(shape).struct.unnest(),
        pl.from_epoch(arrived, "us").dt.replace_time_zone("UTC").alias(RECEIVED_AT),
    )


def _waiting_feeds(lake: Lake, feed: str | None) -> list[str]:
    query = select(Quarantined.feed).where(Quarantined.settled_in.is_(None)).distinct().order_by(Quarantined.feed)
    with lake.catalogue.connect() as connection:
        return list(connection.scalars(query if feed is None else query.where(Quarantined.feed == feed)))


def _waiting(
    connection: Connection, feed: str, codes: Sequence[str], records: pl.Series | None
) -> Iterator[pl.DataFrame]:
    """A feed's waiting rows record after record, about `PORTION` at a time; those of one in the order they came."""
    query: Query = select(Quarantined.id, Quarantined.record_id)
    query = query.where(Quarantined.feed == feed, Quarantined.settled_in.is_(None))
    query = query.where(Quarantined.code.in_(codes)) if codes else query
    held = read_frame(connection, query, {"id": pl.Int64, "record_id": pl.String})
    if held.is_empty():
        return
    held = held.select("id", record_numbers(held["record_id"], feed))
    if records is not None:
        held = held.join(records.unique().to_frame("record_no"), on="record_no", how="semi")
    # Rows without a readable id have no company.
    held = (
        held.select("id", record=pl.coalesce("record_no", -pl.col("id"))).sort("record", "id").with_row_index("place")
    )
    first = pl.when(pl.col("record") != pl.col("record").shift()).then("place").forward_fill().fill_null(0)
    for part in held.select("id", portion=first // PORTION).partition_by("portion", maintain_order=True):
        rows = select(*(getattr(Quarantined, name) for name in _WAITING))
        waiting = read_where_in(connection, rows, Quarantined.id, part["id"], _WAITING)
        yield part.select("id").join(waiting, on="id", maintain_order="left")
