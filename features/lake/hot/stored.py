"""A bucket's rows straight from the lake's files into memory: decoded column by column, each for all rows at once.

Of a file of all buckets only the row groups that can hold the bucket are decoded, so a feed is decoded about once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from features.lake.closings import NO_END, Closings
from features.lake.hot.arranging import arrange
from features.lake.hot.decoding import (
    FIRST_DAY_TO_EPOCH,
    IN_ORDER,
    count_texts,
    count_unseen,
    fill,
    known_at,
    order_of,
    record_days,
    spans,
)
from features.lake.hot.segment import Column, Segment
from features.lake.hot.wanted import DAYS, Wanted

_GAP = np.iinfo(np.int32).min
_NOTHING = np.empty(0, np.int64)
_NO_MARKS = np.frombuffer(b"", np.uint8)
_ROW = ("enterprise_id", "event_date", "known_lag", "known_second", "closed_at", "op")
_ORDER = ("known_micro", "record_no")
"""By what rows of one second stand; of one file they are read only where there are such."""
_FEW = 8
"""Rows no day can see are left out where they are more than one in so many: the machine passes over them."""


def read_stored(path: Path, wanted: Wanted, buckets: int) -> Segment:
    """The segment of one bucket from its compacted file, none of whose rows ended elsewhere."""
    return read_rows([path], wanted, buckets, 0, None, whole=True)


def read_rows(
    paths: Sequence[Path], wanted: Wanted, buckets: int, bucket: int, closings: Closings | None, *, whole: bool = False
) -> Segment:
    """The segment of one bucket from any files of a feed's rows. whole: they hold no other bucket's rows.

    Its columns are as wide as their types.
    """
    if not paths:
        return no_rows(wanted)
    also = [*([] if len(paths) == 1 else _ORDER), *([] if closings is None else ["row_no"])]
    of_bucket = _OfBucket(paths, wanted, buckets, None if whole or buckets == 1 else bucket)
    table = of_bucket.read((*_ROW, *also, *wanted.columns))
    return _seen(*_arranged(table, of_bucket, _ends(table, closings))) if table.num_rows else no_rows(wanted)


def no_rows(wanted: Wanted, first: int = 0) -> Segment:
    """The segment of nobody."""
    columns = dict.fromkeys((*wanted.columns, *DAYS), np.empty(0, np.int32))
    return Segment(first, np.zeros(1, np.uint32), columns, dict.fromkeys(wanted.worded, ()))


@dataclass(frozen=True)
class _OfBucket:
    """The rows of one bucket in some files; bucket None: they hold no other's."""

    paths: Sequence[Path]
    wanted: Wanted
    buckets: int
    bucket: int | None

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Some columns of the rows, file after file."""
        also = [] if self.bucket is None else ["enterprise_id"]
        tables = [self._read(path, list(dict.fromkeys((*also, *columns)))) for path in self.paths]
        return tables[0] if len(tables) == 1 else pa.concat_tables(tables)

    def _read(self, path: Path, columns: list[str]) -> pa.Table:
        """The row groups of a file that can hold the bucket's rows, and of these its own rows."""
        # Read in portions of its own making, pyarrow copies what the machine's cache of files holds already.
        with pq.ParquetFile(path, read_dictionary=["op", *self.wanted.worded], pre_buffer=False) as file:
            groups = [group for group in range(file.num_row_groups) if self._may_hold(file, group)]
            table = file.read_row_groups(groups, columns=columns, use_threads=False)
        if self.bucket is None:
            return table
        own = table["enterprise_id"].to_numpy() % self.buckets == self.bucket
        return table if own.all() else table.filter(pa.array(own))

    def _may_hold(self, file: pq.ParquetFile, group: int) -> bool:
        if self.bucket is None:
            return True
        told = file.metadata.row_group(group).column(file.schema_arrow.get_field_index("bucket")).statistics
        return told is None or not told.has_min_max or told.min <= self.bucket <= told.max


def _arranged(table: pa.Table, of_bucket: _OfBucket, ends: Any) -> tuple[Segment, Any]:
    """The segment of all rows, and their three days."""
    wanted, buckets = of_bucket.wanted, of_bucket.buckets
    enterprise, event, lag, second = (_filled(table[name], np.int32) for name in _ROW[:4])
    days = record_days(event, lag, second, ends, _withdrawals(table["op"]))
    enterprises = int(enterprise.max()) // buckets + 1
    if len(of_bucket.paths) == 1 and order_of(enterprise, event, lag, second) == IN_ORDER:
        return _segment(table, wanted, days, spans(enterprise, buckets, enterprises)), days
    if len(of_bucket.paths) == 1:
        # The numbers of records need no reading: rows of a day that were known at one instant stand by them.
        micro, numbers = of_bucket.read(["known_micro"])["known_micro"], np.arange(len(enterprise))
    else:
        micro, numbers = table["known_micro"], table["record_no"].to_numpy()
    known = known_at(event, lag, second, _filled(micro, np.int32))
    offsets, order = arrange(enterprise // buckets, days[0], known, numbers, enterprises)
    taken = table.select(wanted.columns)
    if (order[1:] < order[:-1]).any():
        taken, days = taken.take(pa.array(order)), tuple(values[order] for values in days)
    return _segment(taken, wanted, days, offsets.astype(np.uint32)), days


def _seen(segment: Segment, days: Sequence[Any]) -> Segment:
    """The segment, without the rows no day can see where they are many."""
    _, since, until = days
    if count_unseen(since, until) * _FEW <= segment.rows:
        return segment
    seen = (until == _GAP) | (until > since)
    left = np.concatenate([[0], np.cumsum(seen)]).astype(np.uint32)
    columns = {name: segment.values(name)[seen] for name in segment.columns}
    return Segment(segment.first, left[segment.offsets], columns, segment.texts)


def _segment(table: pa.Table, wanted: Wanted, days: Sequence[Any], offsets: Any) -> Segment:
    columns: dict[str, Column] = dict(zip(DAYS, days, strict=True))
    texts: dict[str, tuple[str, ...]] = {}
    for name, dtype in wanted.dtypes.items():
        if dtype != pl.String:
            columns[name] = _numbers(table[name], dtype)
        elif name in wanted.worded:
            columns[name], texts[name] = _coded(table[name])
        else:
            columns[name] = _counted(table[name], offsets)
    return Segment(0, offsets, columns, texts)


def _filled(column: pa.ChunkedArray, width: type[np.signedinteger[Any]], further: int = 0) -> Any:
    """A column's numbers, days as numbers too, each by `further` more; the smallest number for what is unknown."""
    chunks = [chunk for chunk in column.chunks if len(chunk)]
    read = [(chunk, np.frombuffer(chunk.buffers()[1], width)[chunk.offset :][: len(chunk)]) for chunk in chunks]
    if len(read) == 1 and not column.null_count and not further:
        return read[0][1]
    filled, start = np.empty(len(column), width), 0
    for chunk, values in read:
        marks = chunk.buffers()[0] if chunk.null_count else None
        known = _NO_MARKS if marks is None else np.frombuffer(marks, np.uint8)
        fill(values, known, chunk.offset, np.iinfo(width).min, further, filled[start:])
        start += len(chunk)
    return filled


def _ends(table: pa.Table, closings: Closings | None) -> Any:
    column = table["closed_at"]
    ends = _NOTHING if column.null_count == len(column) else _filled(column, np.int64)
    if closings is None:
        return ends
    told = ends if ends.size else np.full(len(column), NO_END)
    return closings.applied(told, table["row_no"].to_numpy())


def _withdrawals(column: pa.ChunkedArray) -> Any:
    """Which rows withdraw their record; nothing where none does."""
    if not any("D" in chunk.dictionary.to_pylist() for chunk in column.chunks):
        return np.empty(0, np.bool_)
    coded = column.unify_dictionaries().combine_chunks()
    withdrawing = np.array([text == "D" for text in coded.dictionary.to_pylist()])
    return withdrawing[coded.indices.to_numpy()]


def _numbers(column: pa.ChunkedArray, dtype: pl.DataType) -> Column:
    numbers: Column
    if dtype == pl.Boolean:
        numbers = column.cast(pa.uint8()).fill_null(255).to_numpy()
    elif dtype == pl.Date:
        numbers = _filled(column, np.int32, FIRST_DAY_TO_EPOCH)
    else:
        numbers = _filled(column, np.int64 if dtype == pl.Int64 else np.int32)
    return numbers


def _coded(column: pa.ChunkedArray) -> tuple[Column, tuple[str, ...]]:
    coded = column.unify_dictionaries()
    codes: Column = _filled(pa.chunked_array([chunk.indices for chunk in coded.chunks]), np.int32)
    return codes, tuple(coded.chunk(0).dictionary.to_pylist())


def _counted(column: pa.ChunkedArray, offsets: Any) -> Column:
    texts = column.combine_chunks()
    _, starts, letters = texts.buffers()
    begins = np.frombuffer(starts, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    read = np.frombuffer(letters, np.uint8) if letters is not None else np.empty(0, np.uint8)
    codes: Column = count_texts(begins, read, texts.is_valid().to_numpy(zero_copy_only=False), offsets)
    return codes
