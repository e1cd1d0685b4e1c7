"""Read visible rows of the lake into segments: a whole feed, some buckets of it, or one enterprise."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from features.contracts.feeds import find_feed
from features.lake.closings import read_closings
from features.lake.hot.segment import MICROS_OF_DAY, SHIFT, UNKNOWN, Integers, Rows, Segment, make_segment
from features.lake.hot.stored import no_rows, read_rows, read_stored
from features.lake.hot.wanted import DAYS, Dtypes, StoredFile, Wanted, stored_files
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import visible_sql

PORTION = 4_000_000
"""Rows read at once; a feed of fewer is one bucket."""


def bucket_count(lake: Lake, files: Sequence[StoredFile]) -> int:
    """In how many segments a feed is kept: the lake's buckets, or one where its rows are few and lie in no buckets."""
    if files and all(file.bucket is not None for file in files):
        return lake.buckets
    return 1 if sum(file.rows for file in files) <= PORTION else lake.buckets


def portions(files: Sequence[StoredFile], buckets: int, size: int = PORTION) -> list[range]:
    """Buckets to read together, so that no portion is much larger than `size` rows."""
    rows = max(sum(file.rows for file in files), 1)
    together = max(1, min(buckets, size * buckets // rows))
    return [range(first, min(first + together, buckets)) for first in range(0, buckets, together)]


def compacted(lake: Lake, feed: str, snapshot: int) -> dict[int, Path] | None:
    """A feed's one file of each bucket; None where rows or ends of rows lie in other files too."""
    if find_feed(feed).derived_from or lake.closings(feed, snapshot):
        return None
    stored = stored_files(lake, feed, snapshot)
    paths = {file.bucket: file.path for file in stored if file.bucket is not None}
    return paths if len(paths) == len(stored) else None


def read_segments(lake: Lake, wanted: Wanted, snapshot: int, buckets: int, portion: range) -> Iterator[Segment]:
    """The segments of some buckets, in their order."""
    if wanted.contract.derived_from or buckets not in (1, lake.buckets):
        yield from _queried(lake, wanted, snapshot, buckets, portion)
        return
    closings = read_closings(lake.closings(wanted.feed, snapshot))
    stored = stored_files(lake, wanted.feed, snapshot)
    for bucket in portion:
        own = [file for file in stored if buckets == 1 or file.bucket in (None, bucket)]
        whole = buckets == 1 or all(file.bucket is not None for file in own)
        yield read_rows([file.path for file in own], wanted, buckets, bucket, closings, whole=whole)


def read_bucket(path: Path | None, wanted: Wanted, buckets: int) -> Segment:
    """The segment of a bucket from its one file; None: it has no rows."""
    return no_rows(wanted) if path is None else read_stored(path, wanted, buckets)


def _queried(lake: Lake, wanted: Wanted, snapshot: int, buckets: int, portion: range) -> Iterator[Segment]:
    paths = None if wanted.contract.derived_from else _paths(lake, wanted.feed, snapshot, buckets, portion)
    where = None if len(portion) == buckets else f"f.enterprise_id % {buckets} BETWEEN {portion[0]} AND {portion[-1]}"
    frame = query(hot_query(wanted.dtypes, visible_sql(lake, wanted.contract, snapshot, paths), where))
    for bucket in portion:
        own = frame.filter(pl.col("enterprise_id") % buckets == bucket) if len(portion) > 1 else frame
        place = own["enterprise_id"].to_numpy() // buckets
        enterprises = int(place.max()) + 1 if len(place) else 0
        yield make_segment(rows_of(own, place, wanted.dtypes, wanted.worded), 0, enterprises)


def _paths(lake: Lake, feed: str, snapshot: int, buckets: int, portion: range) -> list[Path]:
    """The files that can hold rows of some buckets."""
    stored = stored_files(lake, feed, snapshot)
    any_bucket = buckets != lake.buckets
    return [file.path for file in stored if any_bucket or file.bucket is None or file.bucket in portion]


def read_enterprise(lake: Lake, wanted: Wanted, snapshot: int, enterprise_id: int) -> Segment:
    """The segment of one enterprise alone."""
    source = visible_sql(lake, wanted.contract, snapshot)
    frame = query(hot_query(wanted.dtypes, source, f"f.enterprise_id = {enterprise_id:d}"))
    return make_segment(
        rows_of(frame, frame["enterprise_id"].to_numpy(), wanted.dtypes, wanted.worded), enterprise_id, 1
    )


def hot_query(columns: Dtypes, source: str, where: str | None = None) -> str:
    """SQL of rows that some day can see: numbers as 64 bits with `UNKNOWN`, texts as they are.

    source: a sub-select with the columns of `visible_sql`.
    """
    days = (_day_sql("f.event_date"), _known_day("f.known_from"), _number_sql(_known_day("f.known_to"), pl.Int64()))
    selected = ["CAST(f.enterprise_id AS BIGINT) AS enterprise_id", "f.record_no", "f.known_from"]
    selected += [f"{sql} AS {name}" for sql, name in zip(days, DAYS, strict=True)]
    selected += [f"{_number_sql(f'f.{name}', dtype)} AS c_{name}" for name, dtype in columns.items()]
    seen = f"(f.known_to IS NULL OR {_known_day('f.known_to')} > {_known_day('f.known_from')})"
    return f"SELECT {', '.join(selected)} FROM {source} f WHERE {seen}" + ("" if where is None else f" AND {where}")


def rows_of(frame: pl.DataFrame, place: Integers, columns: Dtypes, worded: Sequence[str]) -> Rows:
    """The answer of a `hot_query`, its texts as codes. place: the local number of each row's enterprise."""
    numbers = {name: _numbers(frame[name]) for name in DAYS}
    texts: dict[str, tuple[str, ...]] = {}
    for name, dtype in columns.items():
        series = frame[f"c_{name}"]
        if dtype == pl.String:
            series, texts[name] = _coded(series)
        numbers[name] = _numbers(series)
    counted = tuple(name for name in texts if name not in worded)
    kept = {name: listed for name, listed in texts.items() if name in worded}
    return Rows(place, _numbers(frame["known_from"]), _numbers(frame["record_no"]), numbers, kept, counted)


def _coded(texts: pl.Series) -> tuple[pl.Series, tuple[str, ...]]:
    """Codes of texts in their order, and the texts."""
    listed = texts.drop_nulls().unique().sort()
    codes = pl.int_range(len(listed), dtype=pl.Int64, eager=True)
    coded = texts.replace_strict(listed, codes, default=None, return_dtype=pl.Int64)
    return coded.fill_null(UNKNOWN), tuple(listed.to_list())


def _numbers(series: pl.Series) -> Integers:
    numbers: Integers = series.rechunk().to_numpy()
    return numbers


def _known_day(sql: str) -> str:
    return f"({sql} + {SHIFT}) // {MICROS_OF_DAY}"


def _day_sql(sql: str) -> str:
    return f"CAST({sql} - DATE '1900-01-01' AS BIGINT)"


def _number_sql(sql: str, dtype: pl.DataType) -> str:
    if dtype == pl.String:
        return sql
    number = _day_sql(sql) if dtype == pl.Date else f"CAST({sql} AS BIGINT)"
    return f"coalesce({number}, CAST({UNKNOWN} AS BIGINT))"
