"""Compaction: a feed's many delta files become one file a bucket, with every end written into its row."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from pathlib import Path

import duckdb
import polars as pl
from sqlalchemy import update

from features.lake.entry import make_snapshot
from features.lake.files import Bounds, NewFile, bounds_of, exclusive, list_file, write_file
from features.lake.lake import Lake
from features.lake.layout import parquet
from features.lake.query import quiet
from features.lake.renaming import keep_settled
from features.lake.tables import LakeFile
from features.lake.versions import VOID

CHUNK = 1_500_000
"""Rows folded at once, about: what bounds the memory of compaction, two gigabytes, whatever a bucket holds. For each
chunk the row groups of the bucket are read again, so more would be faster."""
WORKERS = 2


@dataclass(frozen=True)
class Compacted:
    """rows: in the new files. files: how many there are now. snapshot: the one they belong to."""

    feed: str
    rows: int
    files: int
    snapshot: int


@dataclass(frozen=True)
class _Written:
    file: NewFile
    sha256: str
    rows: int
    bounds: Bounds


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
            written = _write_buckets(lake, feed, snapshot, files, closings)
            retired = update(LakeFile).where(LakeFile.feed == feed, LakeFile.removed_in.is_(None))
            connection.execute(retired.values(removed_in=snapshot))
            for one in written:
                list_file(connection, one.file, one.sha256, one.rows, one.bounds, snapshot)
            keep_settled(connection, snapshot)
        return Compacted(feed, sum(one.rows for one in written), len(written), snapshot)


def _write_buckets(lake: Lake, feed: str, snapshot: int, files: list[Path], closings: list[Path]) -> list[_Written]:
    """Write every bucket that has rows, some at a time."""
    config: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False, "threads": 1}
    with duckdb.connect(config=config) as database, ThreadPoolExecutor(WORKERS) as workers:
        quiet(database).execute("SET parquet_metadata_cache = true")  # each range opens the same files
        counted = f"SELECT bucket, count(*), max(enterprise_id) FROM {parquet(files)} GROUP BY bucket ORDER BY bucket"
        held = database.execute(counted).fetchall()

        def write(bucket: int, rows: int, last: int) -> _Written | None:
            file = NewFile(feed, "rows", f"b={bucket:03d}.s{snapshot:06d}.parquet", bucket)
            with quiet(database.cursor()) as cursor:
                return _write_bucket(lake, file, _chunks(cursor, bucket, rows, last, files, closings))

        return [one for one in workers.map(lambda bucket: write(*bucket), held) if one is not None]


def _write_bucket(lake: Lake, file: NewFile, chunks: Iterator[pl.DataFrame]) -> _Written | None:
    """Write the chunks of a bucket; None where nothing is left of it."""
    seen: list[tuple[int, Bounds]] = []

    def noted() -> Iterator[pl.DataFrame]:
        for chunk in chunks:
            if not chunk.is_empty():
                seen.append((chunk.height, bounds_of(chunk)))
                yield chunk

    frames = noted()
    first = next(frames, None)
    if first is None:
        return None
    sha256 = write_file(lake, file, _with_first(first, frames))
    return _Written(file, sha256, sum(rows for rows, _ in seen), reduce(or_, (bounds for _, bounds in seen)))


def _with_first(first: pl.DataFrame, rest: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    yield first
    yield from rest


def _chunks(
    cursor: duckdb.DuckDBPyConnection, bucket: int, rows: int, last: int, files: list[Path], closings: list[Path]
) -> Iterator[pl.DataFrame]:
    """The rows of a bucket in order, a range of enterprises at a time; a row group of another range is not opened."""
    step = last // max(1, round(rows / CHUNK)) + 1
    for start in range(0, last + 1, step):
        within = f"enterprise_id BETWEEN {start} AND {start + step - 1}"
        ended, join = "r.closed_at", ""
        if closings:
            ended = "least(r.closed_at, c.closed_at)"
            join = (
                " LEFT JOIN (SELECT row_no, min(closed_at) AS closed_at"
                f" FROM {parquet(closings)} WHERE {within} GROUP BY row_no) c ON r.row_no = c.row_no"
            )
        folded: pl.DataFrame = cursor.sql(
            f"SELECT r.* REPLACE ({ended} AS closed_at) FROM {parquet(files)} r{join}"
            f" WHERE r.bucket = {bucket} AND r.{within} AND {ended} IS DISTINCT FROM {VOID}"
            " ORDER BY r.enterprise_id, r.event_date, r.known_lag, r.known_second, r.known_micro, r.record_no"
        ).pl()
        yield folded
