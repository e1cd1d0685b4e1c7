"""The audit of what ended the use of records: repairs, revocations, removals, withdrawals."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import insert, select

from features.lake.entry import Entry
from features.lake.lake import Lake
from features.lake.tables import Batch, Ending, Snapshot

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class EndedUse:
    """One cause in one delivery: who sent it, when it took effect here, of how many rows."""

    feed: str
    cause: str
    rows: int
    publisher: str
    batch_id: str
    snapshot: int
    made_at: datetime


def note_endings(entry: Entry, fresh: pl.DataFrame) -> None:
    """Write down how many of the rows now stored end the use of their record, by delivery and cause."""
    causes = {WITHDRAWN: (pl.col("op") == "D").sum()}
    causes |= {column: pl.col(column).is_not_null().sum() for column in entry.contract.use.ended_by}
    counted = fresh.group_by("batch_no").agg(**causes).unpivot(index="batch_no", variable_name="cause", value_name="n")
    found = counted.filter(pl.col("n") > 0).sort("batch_no", "cause").select("batch_no", "cause", rows="n")
    if not found.is_empty():
        place = {"feed": entry.contract.code, "added_in": entry.snapshot}
        entry.connection.execute(insert(Ending).values(place), found.to_dicts())


def list_endings(lake: Lake, feed: str | None = None) -> list[EndedUse]:
    """What ended the use of records, newest first; of one feed or all."""
    query = (
        select(Ending.feed, Ending.cause, Ending.rows, Batch.publisher, Batch.batch_id, Snapshot.id, Snapshot.made_at)
        .join(Batch, Batch.id == Ending.batch_no)
        .join(Snapshot, Snapshot.id == Ending.added_in)
        .order_by(Ending.id.desc())
    )
    with lake.catalogue.connect() as connection:
        found = connection.execute(query if feed is None else query.where(Ending.feed == feed))
        return [EndedUse(*row) for row in found]
