"""The audit of what ended the use of records: repairs, revocations, removals, withdrawals."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from sqlalchemy import insert, select

from features.contracts.feeds import find_feed
from features.lake.entry import Entry
from features.lake.erased import ERASED
from features.lake.judgement import shanghai_date
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.query import query
from features.lake.tables import Batch, Ending, Snapshot

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class EndedUse:
    """One cause in one delivery: who sent it, when it took effect here, of how many rows.

    first_day, last_day: between which days use ended; a withdrawal ends it on the day it is known.
    """

    feed: str
    cause: str
    rows: int
    first_day: date | None
    last_day: date | None
    publisher: str
    batch_id: str
    snapshot: int
    made_at: datetime
    batch_no: int


@dataclass(frozen=True)
class EndedRecord:
    """One record whose use a delivery ended, and the day from which on."""

    record_id: str
    on: date


def note_endings(entry: Entry, fresh: pl.DataFrame) -> None:
    """Write down how many of the rows now stored end the use of their record, by delivery and cause, and when."""
    found = pl.concat(_ended(fresh, cause) for cause in (WITHDRAWN, *entry.contract.use.ended_by))
    days = {"first_day": pl.col("on").min(), "last_day": pl.col("on").max()}
    counted = found.group_by("batch_no", "cause").agg(rows=pl.len(), **days)
    if not counted.is_empty():
        place = {"feed": entry.contract.code, "added_in": entry.snapshot}
        entry.connection.execute(insert(Ending).values(place), counted.sort("batch_no", "cause").to_dicts())


def list_endings(lake: Lake, feed: str | None = None) -> list[EndedUse]:
    """What ended the use of records, newest first; of one feed or all."""
    line = (Ending.feed, Ending.cause, Ending.rows, Ending.first_day, Ending.last_day)
    query = (
        select(*line, Batch.publisher, Batch.batch_id, Snapshot.id.label("snapshot"), Snapshot.made_at, Ending.batch_no)
        .join(Batch, Batch.id == Ending.batch_no)
        .join(Snapshot, Snapshot.id == Ending.added_in)
        .order_by(Ending.id.desc())
    )
    with lake.catalogue.connect() as connection:
        found = connection.execute(query if feed is None else query.where(Ending.feed == feed))
        return [EndedUse(**row._mapping) for row in found]


def ended_records(lake: Lake, line: EndedUse) -> list[EndedRecord]:
    """The records of a line of the audit, as the lake holds them: none of those erased since."""
    contract = find_feed(line.feed)
    files = lake.files(line.feed)
    if not files or line.cause == ERASED:
        return []
    columns = ", ".join(("record_id", "op", "known_at", "batch_no", *contract.use.ended_by))
    # The number of a row begins with the snapshot it was stored in.
    stored = f"batch_no = {line.batch_no:d} AND row_no >> 32 = {line.snapshot:d}"
    rows = query(f"SELECT {columns} FROM {rows_sql(contract, files)} WHERE {stored}")
    ended = _ended(rows, line.cause).sort("record_id", "on")
    return [EndedRecord(*row) for row in ended.select("record_id", "on").iter_rows()]


def _ended(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
    """Rows that end the use of their record by a cause: `batch_no`, `cause`, `record_id`, `on`."""
    if cause == WITHDRAWN:
        on, is_one = shanghai_date(pl.col("known_at")), pl.col("op") == "D"
    else:
        on, is_one = pl.col(cause), pl.col(cause).is_not_null()
    return rows.filter(is_one).select("batch_no", "record_id", cause=pl.lit(cause), on=on)
