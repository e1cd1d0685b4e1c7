"""Write rows as Parquet: for each column the encoding under which a sample of it is smallest, groups cut at buckets."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 32_768
"""Rows of a row group: few enough that one enterprise costs few of them, enough to compress well."""
FEW = 8_192
"""A group this large ends where its bucket does, so that who reads one bucket reads little of another."""

_SAMPLE = 16_384
_TELLING = 4_096
"""Rows from which on a choice is good for files of the same kind."""
_STATISTICS = ("bucket", "enterprise_id", "record_no", "event_date", "link_id", "row_no")
_DICTIONARY = "DICTIONARY"


Frame: TypeAlias = pl.DataFrame | pa.Table

_settled: dict[Hashable, Mapping[str, str]] = {}
"""What was chosen for files of a kind, by the kind and its columns."""


def write_rows(frames: Iterable[Frame], path: Path, kind: str | None = None) -> None:
    """Write frames, at least one, to one file after another; the first decides on encodings.

    Of rows with a `bucket` column each row group holds whole buckets or part of one. kind: of files with much the same
    in them, of which one decides for all that this process writes: to try encodings takes as long as half the writing.
    """
    rest = map(_arrow, frames)
    table = next(rest)
    chosen = _chosen(table, kind)
    encodings = {name: encoding for name, encoding in chosen.items() if encoding != _DICTIONARY}
    with pq.ParquetWriter(
        path,
        table.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in chosen if name not in encodings] or False,
        column_encoding=encodings or None,
        write_statistics=[name for name in _STATISTICS if name in chosen] or False,
        store_schema=False,
    ) as writer:
        for rows in chain([table], rest):
            for start, stop in _groups(rows):
                writer.write_table(rows.slice(start, stop - start), row_group_size=ROW_GROUP)


def _chosen(table: pa.Table, kind: str | None) -> Mapping[str, str]:
    """The encoding of each column."""
    key = (kind, *zip(table.column_names, map(str, table.schema.types), strict=True))
    if kind is not None and key in _settled:
        return _settled[key]
    chosen = {name: _smallest(table.select([name])) for name in table.column_names}
    if kind is not None and table.num_rows >= _TELLING:
        _settled[key] = chosen
    return chosen


def _arrow(frame: Frame) -> pa.Table:
    return frame if isinstance(frame, pa.Table) else frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _groups(rows: pa.Table) -> Iterator[tuple[int, int]]:
    """Where row groups start and stop: at most `ROW_GROUP` rows, ended by a bucket's end once they are not few."""
    if "bucket" not in rows.column_names or not rows.num_rows:
        yield 0, rows.num_rows
        return
    buckets = rows["bucket"].to_numpy()
    ends = [*(np.flatnonzero(np.diff(buckets)) + 1).tolist(), rows.num_rows]
    start = 0
    for end in ends:
        if end - start >= FEW or end == rows.num_rows:
            yield from ((first, min(first + ROW_GROUP, end)) for first in range(start, end, ROW_GROUP))
            start = end


def _smallest(column: pa.Table) -> str:
    """The encoding under which the start of a column takes fewest bytes."""
    sample = column.slice(0, _SAMPLE)
    sizes = {encoding: _size(sample, encoding) for encoding in _candidates(sample.schema.field(0).type)}
    return min(sizes, key=lambda encoding: sizes[encoding])


def _candidates(kind: pa.DataType) -> tuple[str, ...]:
    if pa.types.is_integer(kind):
        return _DICTIONARY, "BYTE_STREAM_SPLIT", "DELTA_BINARY_PACKED"
    if pa.types.is_floating(kind):
        return _DICTIONARY, "BYTE_STREAM_SPLIT"
    return (_DICTIONARY,) if pa.types.is_boolean(kind) else (_DICTIONARY, "PLAIN")


def _size(sample: pa.Table, encoding: str) -> int:
    sink = pa.BufferOutputStream()
    plain = encoding != _DICTIONARY
    name = sample.column_names[0]
    pq.write_table(
        sample,
        sink,
        compression="zstd",
        compression_level=1,
        use_dictionary=not plain,
        column_encoding={name: encoding} if plain else None,
        write_statistics=False,
        store_schema=False,
    )
    return int(sink.tell())
