"""Read visible rows of the lake into segments: a whole feed, some buckets of it, or one enterprise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import or_, select

from features.contracts.contract import Contract
from features.contracts.feeds import find_feed
from features.lake.hot.segment import MICROS_OF_DAY, SHIFT, UNKNOWN, Integers, Rows, Segment, make_segment
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import visible_sql
from features.lake.tables import LakeFile

Dtypes = Mapping[str, pl.DataType]
PORTION = 4_000_000
"""Rows read at once; a feed of fewer is one bucket."""
_DAYS = ("event_day", "known_from_day", "known_to_day")


@dataclass(frozen=True)
class Wanted:
    """What hot rows hold of a feed. worded: text columns whose texts are read, of others codes are only counted."""

    feed: str
    columns: tuple[str, ...]
    worded: tuple[str, ...]

    @property
    def contract(self) -> Contract:
        return find_feed(self.feed)

    @property
    def dtypes(self) -> Dtypes:
        """The types of the columns."""
        types = self.contract.dtypes
        return {name: types[name] for name in self.columns}


@dataclass(frozen=True)
class StoredFile:
    """A file of a feed's rows in the manifest; bucket None: of all buckets."""

    path: Path
    bucket: int | None
    rows: int


def stored_files(lake: Lake, feed: str, snapshot: int) -> list[StoredFile]:
    """The files of a feed's rows in a snapshot, oldest first; of a derived feed those it is made of."""
    if bases := find_feed(feed).derived_from:
        return [file for base in bases for file in stored_files(lake, base, snapshot)]
    listed = select(LakeFile.path, LakeFile.bucket, LakeFile.rows).order_by(LakeFile.id)
    still_there = or_(LakeFile.removed_in.is_(None), LakeFile.removed_in > snapshot)
    listed = listed.where(LakeFile.feed == feed, LakeFile.kind == "rows", LakeFile.added_in <= snapshot, still_there)
    with lake.catalogue.connect() as connection:
        return [StoredFile(lake.root / path, bucket, rows) for path, bucket, rows in connection.execute(listed)]


def bucket_count(lake: Lake, files: Sequence[StoredFile]) -> int:
    """In how many segments a feed is kept: one where its rows are few, else the lake's buckets."""
    return 1 if sum(file.rows for file in files) <= PORTION else lake.buckets


def portions(files: Sequence[StoredFile], buckets: int, size: int = PORTION) -> list[range]:
    """Buckets to read together, so that no portion is much larger than `size` rows."""
    rows = max(sum(file.rows for file in files), 1)
    together = max(1, min(buckets, size * buckets // rows))
    return [range(first, min(first + together, buckets)) for first in range(0, buckets, together)]


def read_segments(lake: Lake, wanted: Wanted, snapshot: int, buckets: int, portion: range) -> Iterator[Segment]:
    """The segments of some buckets, in their order."""
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
    selected += [f"{sql} AS {name}" for sql, name in zip(days, _DAYS, strict=True)]
    selected += [f"{_number_sql(f'f.{name}', dtype)} AS c_{name}" for name, dtype in columns.items()]
    seen = f"(f.known_to IS NULL OR {_known_day('f.known_to')} > {_known_day('f.known_from')})"
    return f"SELECT {', '.join(selected)} FROM {source} f WHERE {seen}" + ("" if where is None else f" AND {where}")


def rows_of(frame: pl.DataFrame, place: Integers, columns: Dtypes, worded: Sequence[str]) -> Rows:
    """The answer of a `hot_query`, its texts as codes. place: the local number of each row's enterprise."""
    numbers = {name: _numbers(frame[name]) for name in _DAYS}
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
