"""The audit of what ended the use of records: repairs, revocations, removals, withdrawals."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from sqlalchemy import func, insert, select

from features.contracts.feeds import find_feed
from features.lake.entry import Entry, stored_in
from features.lake.erased import ERASED
from features.lake.judgement import shanghai_date
from features.lake.lake import Lake
from features.lake.layout import parquet, rows_sql
from features.lake.query import query
from features.lake.tables import Batch, Ending, Snapshot
from features.lake.versions import VOID

WITHDRAWN = "withdrawn"
_ROW = ("record_no", "version", "batch_no")
"""What names a row of a delivery wherever it is stored."""


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
    """Write down how many of the rows now stored end the use of their record, by delivery and cause, and when.

    A row that was stored before and is written anew, under another owner, ends nothing again.
    """
    found = pl.concat(_ended(fresh, cause) for cause in (WITHDRAWN, *entry.contract.use.ended_by))
    if found.is_empty():
        return
    found = found.join(_stored_before(entry, found), on=_ROW, how="anti")
    days = {"first_day": pl.col("on").min(), "last_day": pl.col("on").max()}
    counted = found.group_by("batch_no", "cause").agg(rows=pl.len(), **days)
    if not counted.is_empty():
        place = {"feed": entry.contract.code, "added_in": entry.snapshot}
        entry.connection.execute(insert(Ending).values(place), counted.sort("batch_no", "cause").to_dicts())


def _stored_before(entry: Entry, rows: pl.DataFrame) -> pl.DataFrame:
    """Which of some rows an earlier snapshot stored already: `_ROW`. None of a delivery that lands now was."""
    batches = rows["batch_no"].unique().to_list()
    earlier = select(Batch.id).where(Batch.id.in_(batches), Batch.added_in < entry.snapshot)
    known = rows.filter(pl.col("batch_no").is_in(entry.connection.scalars(earlier).all()))
    if known.is_empty():
        return known.select(_ROW)
    files = entry.lake.files_of_records(entry.contract.code, known["record_no"].unique().sort(), entry.connection)
    before = f"SELECT {', '.join(_ROW)} FROM {parquet(files)} WHERE row_no >> 32 < {entry.snapshot:d}"
    return query(f"SELECT * FROM ({before}) SEMI JOIN known USING ({', '.join(_ROW)})", known=known.select(_ROW))


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
    """The records of a line of the audit, as the lake holds them: none that was erased or is nobody's since."""
    contract = find_feed(line.feed)
    files = lake.files(line.feed)
    if not files or line.cause == ERASED:
        return []
    columns = ", ".join((*_ROW, "record_id", "op", "known_at", "row_no", *contract.use.ended_by))
    rows = query(f"SELECT {columns} FROM {rows_sql(contract, files)} WHERE batch_no = {line.batch_no:d}")
    # One written anew has another number, and is still of the line that was written when it was stored first.
    first = stored_in(pl.col("row_no")).min().over("record_no", "version")
    rows = rows.filter(first.is_between(line.snapshot, _next_line(lake, line), closed="left"))
    standing = rows.join(_void_rows(lake, line.feed), on="row_no", how="anti").sort("row_no")
    ended = _ended(standing.unique(["record_no", "version"], keep="first"), line.cause).sort("record_id", "on")
    return [EndedRecord(*row) for row in ended.select("record_id", "on").iter_rows()]


def _next_line(lake: Lake, line: EndedUse) -> int:
    """The snapshot of the next line of the same delivery and cause, or one beyond all."""
    same = (Ending.feed == line.feed, Ending.batch_no == line.batch_no, Ending.cause == line.cause)
    with lake.catalogue.connect() as connection:
        found = connection.scalar(select(func.min(Ending.added_in)).where(*same, Ending.added_in > line.snapshot))
    return lake.snapshot() + 1 if found is None else found


def _void_rows(lake: Lake, feed: str) -> pl.DataFrame:
    """Numbers of the rows that were written anew since: `row_no`."""
    closings = lake.closings(feed)
    if not closings:
        return pl.DataFrame(schema={"row_no": pl.Int64})
    return pl.scan_parquet(closings).filter(pl.col("closed_at") == VOID).select("row_no").collect()


def _ended(rows: pl.DataFrame, cause: str) -> pl.DataFrame:
    """Rows that end the use of their record by a cause: `_ROW`, `cause`, `record_id`, `on`."""
    if cause == WITHDRAWN:
        on, is_one = shanghai_date(pl.col("known_at")), pl.col("op") == "D"
    else:
        on, is_one = pl.col(cause), pl.col(cause).is_not_null()
    return rows.filter(is_one).select(*_ROW, "record_id", cause=pl.lit(cause), on=on)
