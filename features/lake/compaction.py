"""Compaction: a feed's many delta files become one file a bucket, with every end written into its row."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sqlalchemy import Connection, update

from features.lake.entry import make_snapshot
from features.lake.files import NewFile, add_file, bounds_of, exclusive
from features.lake.lake import Lake
from features.lake.layout import parquet
from features.lake.query import query
from features.lake.reading import closing_join
from features.lake.tables import LakeFile
from features.lake.versions import VOID


@dataclass(frozen=True)
class Compacted:
    """rows: in the new files. files: how many there are now. snapshot: the one they belong to."""

    feed: str
    rows: int
    files: int
    snapshot: int


def compact(lake: Lake, feed: str, *, at: datetime) -> Compacted:
    """Fold a feed's deltas into one file per bucket, sorted by enterprise and event date, in a new snapshot.

    What was visible stays visible, and older snapshots go on reading the older files. Rows written anew under
    another owner are left behind. A feed already compacted is left as it is.
    """
    with exclusive(lake):
        files, closings = lake.files(feed), lake.closings(feed)
        if not closings and all(path.name.startswith("b=") for path in files):
            return Compacted(feed, 0, len(files), lake.snapshot())
        with lake.catalogue.begin() as connection:
            snapshot = make_snapshot(connection, "compact", at, feed)
            retired = update(LakeFile).where(LakeFile.feed == feed, LakeFile.removed_in.is_(None))
            connection.execute(retired.values(removed_in=snapshot))
            rows = [_write_bucket(lake, connection, feed, bucket, snapshot) for bucket in range(lake.buckets)]
        return Compacted(feed, sum(rows), sum(count > 0 for count in rows), snapshot)


def _write_bucket(lake: Lake, connection: Connection, feed: str, bucket: int, snapshot: int) -> int:
    """Write one bucket of a feed as the last snapshot shows it; returns its rows."""
    folded = _fold(lake, feed, bucket)
    if not folded.is_empty():
        file = NewFile(feed, "rows", f"b={bucket:03d}.s{snapshot:06d}.parquet", bucket)
        add_file(lake, connection, file, folded, bounds_of(folded), snapshot)
    return folded.height


def _fold(lake: Lake, feed: str, bucket: int) -> pl.DataFrame:
    # The catalogue is read on a connection of its own, which still sees the files this transaction retires.
    ended, join = closing_join(lake.closings(feed))
    sql = (
        f"SELECT r.* REPLACE ({ended} AS closed_at) FROM {parquet(lake.files(feed))} r{join}"
        f" WHERE r.bucket = {bucket} AND {ended} IS DISTINCT FROM {VOID}"
        " ORDER BY r.enterprise_id, r.event_date, r.record_no, r.version"
    )
    return query(sql)
