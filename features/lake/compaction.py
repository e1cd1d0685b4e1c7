"""Compaction: a feed's many delta files become one file a bucket, with every end written into its row."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from itertools import groupby
from operator import itemgetter, or_
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Connection, func, select, update

from bureau.heap import give_back
from features.lake.closings import read_closings
from features.lake.entry import make_snapshot
from features.lake.files import Bounds, NewFile, bounds_of, exclusive, list_file, write_file
from features.lake.folding import Run, StoredRows
from features.lake.lake import Lake
from features.lake.renaming import keep_settled
from features.lake.tables import LakeFile

WORKERS = 2
"""Runs of buckets written at the same time."""


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
    another owner are left behind. A feed already compacted is left as it is. The instant its first record was known
    goes on to one of the new files, though that record was erased: since then the feed is connected.
    """
    with exclusive(lake):
        files, closings = lake.files(feed), lake.closings(feed)
        if not closings and all(path.name.startswith("b=") for path in files):
            return Compacted(feed, 0, len(files), lake.snapshot())
        with lake.catalogue.begin() as connection:
            snapshot = make_snapshot(connection, "compact", at, feed)
            written = _write_buckets(lake, feed, snapshot, files, closings)
            written = _reaching_back(written, _first_known(connection, feed))
            retired = update(LakeFile).where(LakeFile.feed == feed, LakeFile.removed_in.is_(None))
            connection.execute(retired.values(removed_in=snapshot))
            for one in written:
                list_file(connection, one.file, one.sha256, one.rows, one.bounds, snapshot)
            keep_settled(connection, snapshot)
        give_back()
        return Compacted(feed, sum(one.rows for one in written), len(written), snapshot)


def _first_known(connection: Connection, feed: str) -> int | None:
    """The earliest instant a row was known at of those that files of a feed ever listed held."""
    first = select(func.min(LakeFile.min_known)).where(LakeFile.feed == feed, LakeFile.kind == "rows")
    return connection.scalar(first)


def _reaching_back(written: list[_Written], first: int | None) -> list[_Written]:
    """The same files, the first of them with bounds that reach back to an instant."""
    if first is None or not written:
        return written
    return [replace(written[0], bounds=written[0].bounds | Bounds(first, first)), *written[1:]]


def _write_buckets(lake: Lake, feed: str, snapshot: int, files: list[Path], closings: list[Path]) -> list[_Written]:
    """Write every bucket that has rows, some at a time."""
    stored = StoredRows(files, lake.buckets, read_closings(closings))

    def write(run: Run) -> list[_Written]:
        written = []
        for bucket, parts in groupby(stored.fold(run), key=itemgetter(0)):
            file = NewFile(feed, "rows", f"b={bucket:03d}.s{snapshot:06d}.parquet", bucket)
            written.append(_write_bucket(lake, file, (table for _, table in parts)))
        return written

    with ThreadPoolExecutor(WORKERS) as workers:
        return [one for written in workers.map(write, stored.runs) for one in written]


def _write_bucket(lake: Lake, file: NewFile, tables: Iterator[pa.Table]) -> _Written:
    seen: list[tuple[int, Bounds]] = []

    def noted() -> Iterator[pa.Table]:
        for table in tables:
            seen.append((table.num_rows, bounds_of(table)))
            yield table

    sha256 = write_file(lake, file, noted())
    return _Written(file, sha256, sum(rows for rows, _ in seen), reduce(or_, (bounds for _, bounds in seen)))
