"""Quarantine: rows that broke their contract wait here with the reason, and can be tried again."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, bindparam, insert, select, update

from bureau.clock import from_micros, to_micros
from features.contracts.contract import Contract
from features.lake.catalogue import PORTION, Query, Schema, read_frame, read_where_in
from features.lake.codes import clean_codes
from features.lake.delivery import RECEIVED_AT
from features.lake.digest import numbers_of
from features.lake.entry import Entry
from features.lake.judgement import ROW
from features.lake.lake import Lake
from features.lake.persons import masked
from features.lake.raw_identity import masked_text
from features.lake.tables import Batch, Quarantined
from features.lake.time_cells import micros_of, text_of

KEEP_THEIR_INSTANT = ("unlinked", "conflict", "publisher")
"""Refused for what other records say: these rows kept their contract when they arrived."""
_HELD: Schema = {
    "id": pl.Int64,
    "row_hash": pl.Int64,
    "code": pl.String,
    "reason": pl.String,
    "received_at": pl.Int64,
    "settled_in": pl.Int64,
}
HELD: Schema = {"id": pl.Int64, "record_id": pl.String}
"""How a held row is named, waiting still or settled since; the record id is null where none could be read."""


def hold(entry: Entry, delivered: pl.DataFrame, refused: pl.DataFrame, received_at: datetime) -> int:
    """Hold rows refused (`row`, `code`, `reason`, `batch_no`); returns how many were not waiting already.

    A row is known by its cells: delivered again, it waits once, with the instant it was first received and why it was
    refused now. One that broke a rule before and keeps all now has arrived with this delivery and no sooner. Raw
    identities of persons are masked: what waits holds none.
    """
    if refused.is_empty():
        return 0
    of_refused = delivered.with_row_index(ROW).join(refused, on=ROW, how="semi")
    of_refused = masked(of_refused, entry.contract)
    refused = refused.with_columns(masked_text(refused["reason"]))
    rows = _describe(of_refused, refused, received_at)
    rows = rows.sort(RECEIVED_AT).unique("row_hash", keep="first", maintain_order=True)
    before = _held(entry.connection, entry.contract.code, rows["row_hash"])
    again = rows.join(before, on="row_hash", how="inner", suffix="_before").with_columns(_arrived())
    words = ("code", "reason", RECEIVED_AT)
    moved = pl.any_horizontal(pl.col(word) != pl.col(f"{word}_before") for word in words)
    changed = again.filter(moved | pl.col("settled_in").is_not_null())
    new = rows.join(before, on="row_hash", how="anti")
    place = {"feed": entry.contract.code, "added_in": entry.snapshot}
    if not new.is_empty():
        entry.connection.execute(insert(Quarantined).values(place), new.to_dicts())
    if not changed.is_empty():
        told = changed.select(*words, i="id").to_dicts()
        statement = update(Quarantined).where(Quarantined.id == bindparam("i")).values(settled_in=None)
        entry.connection.execute(statement.values({word: bindparam(word) for word in words}), told)
    return new.height + changed.filter(pl.col("settled_in").is_not_null()).height


def _arrived() -> pl.Expr:
    """The instant from which a row that was held before counts, should it be let in as it is."""
    first = pl.min_horizontal(RECEIVED_AT, f"{RECEIVED_AT}_before")
    anew = pl.col("code").is_in(KEEP_THEIR_INSTANT) & ~pl.col("code_before").is_in(KEEP_THEIR_INSTANT)
    return pl.when(anew).then(RECEIVED_AT).otherwise(first).alias(RECEIVED_AT)


def hold_stored(entry: Entry, rows: pl.DataFrame, refused: pl.DataFrame, at: datetime) -> int:
    """Hold rows the lake has stored, as `hold` does those delivered: each with the instant it arrived.

    rows: `row`, `received_at` (microseconds) and the contract's columns.
    """
    arrived = pl.from_epoch(RECEIVED_AT, "us").dt.replace_time_zone("UTC")
    delivered = rows.sort(ROW).select(*entry.contract.dtypes, arrived)
    return hold(entry, delivered, refused, at)


def _describe(of_refused: pl.DataFrame, refused: pl.DataFrame, received_at: datetime) -> pl.DataFrame:
    """The cells of refused rows as one JSON text each, with record id, reason and instant (microseconds).

    One that says of no readable instant when it was received was received when it landed.
    """
    cells = pl.struct(
        text_of(column, dtype) for column, dtype in of_refused.schema.items() if column not in (ROW, RECEIVED_AT)
    )
    landed = pl.lit(to_micros(received_at))
    received = pl.col(RECEIVED_AT) if RECEIVED_AT in of_refused.columns else landed
    told = of_refused.select(  # a feed's own columns may be called reason or code
        ROW,
        pl.col("record_id").cast(pl.String),
        cells=cells.struct.json_encode(),
        received_at=_micros(received, of_refused.schema.get(RECEIVED_AT)).fill_null(landed),
    )
    rows = told.join(refused, on=ROW, how="inner", maintain_order="left")
    described = rows.select("code", "reason", "batch_no", "record_id", "cells", "received_at")
    return described.with_columns(numbers_of(described.select(row_hash="cells")))


def _micros(received: pl.Expr, dtype: pl.DataType | None) -> pl.Expr:
    if dtype is None:
        return received
    if dtype == pl.String:
        received = received.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    return micros_of(received)


def _held(connection: Connection, feed: str, row_hashes: pl.Series) -> pl.DataFrame:
    query: Query = select(*(getattr(Quarantined, name) for name in _HELD))
    of_feed = query.where(Quarantined.feed == feed)
    return read_where_in(connection, of_feed, Quarantined.row_hash, row_hashes, _HELD)


def held_of_record(lake: Lake, contract: Contract, record_id: str) -> pl.DataFrame:
    """Every row of a record that was ever held, with the columns of `HELD`."""
    row = Quarantined
    held: Query = select(row.id, row.record_id).where(row.feed == contract.code, row.record_id == record_id)
    with lake.catalogue.connect() as connection:
        return read_frame(connection, held, HELD)


def held_of_subject(lake: Lake, contract: Contract, uscc: str) -> pl.DataFrame:
    """Every row that was ever held and names an enterprise by its code, as `held_of_record`.

    Cells are packed, so those of the whole feed are read, a portion at a time.
    """
    row, last, found = Quarantined, 0, [pl.DataFrame(schema=HELD)]
    held: Query = select(row.id, row.record_id, row.cells).where(row.feed == contract.code).order_by(row.id)
    with lake.catalogue.connect() as connection:
        while True:
            part = read_frame(connection, held.where(row.id > last).limit(PORTION), HELD | {"cells": pl.String})
            if part.is_empty():
                return pl.concat(found)
            named = clean_codes(part["cells"].str.json_path_match(f"$.{contract.subject}"))
            found.append(part.filter(named == uscc).select(*HELD))
            last = part["id"][-1]


@dataclass(frozen=True)
class WaitingRow:
    """One row in quarantine: where it came from and why it waits."""

    feed: str
    batch_id: str
    record_id: str | None
    code: str
    reason: str
    received_at: datetime


def list_waiting(lake: Lake, feed: str | None = None, limit: int | None = None) -> list[WaitingRow]:
    """Rows that wait, of one feed or all, oldest first; the first `limit` or all."""
    row = Quarantined
    query = (
        select(row.feed, Batch.batch_id, row.record_id, row.code, row.reason, row.received_at)
        .join(Batch, Batch.id == row.batch_no)
        .where(row.settled_in.is_(None))
        .order_by(row.id)
        .limit(limit)
    )
    with lake.catalogue.connect() as connection:
        found = connection.execute(query if feed is None else query.where(row.feed == feed))
        return [
            WaitingRow(code, batch, record, why, reason, from_micros(received))
            for code, batch, record, why, reason, received in found
        ]
