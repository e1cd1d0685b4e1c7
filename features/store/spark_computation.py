"""Compute features on Spark. The unit of work is a bucket: one task reads its files and answers for its enterprises.

Features of the same feeds make one query, so that a feed is read once for all its features. Each query is asked of
each portion, which is one bucket, or some while a city is small. A portion's tables have a single partition, its rows
of the spine among them, so joining and grouping stay inside the task: no record moves between machines, and what comes
back is one row of numbers for each row asked. The lake and its `spill` folder must be where the workers see them.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from features.contracts.feeds import find_feed
from features.definitions.entry import Entry, own_definition
from features.engine.duckdb_sql import feature_query, feeds
from features.engine.feed_scan import Source
from features.engine.spark.session import Session, spark_session
from features.lake.hot.building import PORTION, portions
from features.lake.hot.wanted import StoredFile, stored_files
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.store.asking import Asked, derive_feeds
from features.store.feed_sources import connected_from
from features.store.spark_tables import Tables

_TOGETHER = 64
"""Features of one query: planning grows faster than their number."""


@dataclass(frozen=True)
class _Work:
    """What is the same for every task. connected: since when each feed read is connected."""

    lake: Lake
    snapshot: int
    session: Session
    asked: Asked
    connected: Mapping[str, int | None]

    def answer(self, tables: Tables, spine: Path, entries: Sequence[Entry]) -> pl.DataFrame:
        """One task: some entries for the spine rows of one portion."""
        wanted = {entry.name: own_definition(entry) for entry in entries}
        sources = {code: self._source(code, tables) for code in feeds(wanted.values())}
        query = feature_query(wanted, sources, tables.spine(spine), self.asked.day)
        return pl.DataFrame(self.session.sql(query, args=dict(self.asked.parameters)).toArrow())

    def _source(self, code: str, tables: Tables) -> Source:
        paths = [file.path for file in stored_files(self.lake, code, self.snapshot) if tables.may_hold(file.bucket)]
        files = None if find_feed(code).derived_from else paths
        return Source(
            visible_sql(self.lake, find_feed(code), self.snapshot, files, tables.reader), self.connected[code]
        )


def compute_by_spark(
    lake: Lake, entries: Sequence[Entry], snapshot: int, asked: Asked, records: int = PORTION
) -> pl.DataFrame:
    """One column per entry, one row per row asked. records: a task takes more than a bucket up to so many.

    Runs in the session that is open, else in one on this machine.
    """
    definitions = [own_definition(entry) for entry in entries]
    derive_feeds(lake, definitions, snapshot)
    read = feeds(definitions)
    connected = connected_from(lake, read, snapshot)
    spill = lake.spill
    spill.mkdir(exist_ok=True)
    with spark_session() as session, TemporaryDirectory(dir=spill) as folder:
        work = _Work(lake, snapshot, session, asked, connected)
        places = list(_places(work, Path(folder), _wanted(lake, read, snapshot, records)))
        tasks = [(*place, group) for group in _queries(entries) for place in places]
        with ThreadPoolExecutor(max(2, session.sparkContext.defaultParallelism)) as pool:
            answers = list(pool.map(lambda task: work.answer(*task), tasks))
    return _joined(answers, entries, len(places))


def _queries(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries that read the same feeds, together, in portions a query can be planned of."""
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault(feeds([own_definition(entry)]), []).append(entry)
    return [group[start : start + _TOGETHER] for group in groups.values() for start in range(0, len(group), _TOGETHER)]


def _wanted(lake: Lake, codes: Sequence[str], snapshot: int, records: int) -> list[range]:
    """Portions of buckets by the largest feed read."""
    largest = max((stored_files(lake, code, snapshot) for code in codes), key=_rows, default=[])
    return portions(largest, lake.buckets, records)


def _rows(files: Sequence[StoredFile]) -> int:
    return sum(file.rows for file in files)


def _places(work: _Work, folder: Path, wanted: Sequence[range]) -> Iterator[tuple[Tables, Path]]:
    """Each portion's tables, and its rows of the spine as a file. Rows of nobody go with the first."""
    buckets = work.lake.buckets
    bucket = (pl.col("enterprise_id") % buckets).fill_null(0)
    for portion in wanted:
        path = folder / f"{portion.start}.parquet"
        rows = work.asked.spine.filter(bucket.is_in(list(portion)))
        rows.write_parquet(path)
        yield Tables(work.session, buckets, portion, _between(rows["enterprise_id"].drop_nulls())), path


def _between(enterprises: pl.Series) -> tuple[int, int]:
    """The first and last of some numbers; of none a range with nobody in it."""
    if enterprises.is_empty():
        return 0, -1
    return int(enterprises.min()), int(enterprises.max())  # type: ignore[arg-type]  # numbers


def _joined(answers: Sequence[pl.DataFrame], entries: Sequence[Entry], portioned: int) -> pl.DataFrame:
    """The answers of tasks, query by query and in it portion by portion, side by side in the order of rows."""
    whole = [
        pl.concat(answers[start : start + portioned]).sort("row_no").drop("row_no")
        for start in range(0, len(answers), portioned)
    ]
    closed = {entry.name: pl.Enum(entry.categories) for entry in entries if entry.categories}
    joined = pl.concat(whole, how="horizontal").select(entry.name for entry in entries)
    return joined.cast(closed)  # type: ignore[arg-type]  # a mapping of column to type
