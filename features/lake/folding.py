"""A feed's stored rows out of many files: bucket by bucket, in order, with every end written into its row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.lake.closings import NO_END, Closings
from features.lake.hot.arranging import arrange
from features.lake.hot.decoding import known_at
from features.lake.versions import VOID

CHUNK = 2_000_000
"""Rows folded at once, about: what bounds the memory of folding, whatever a bucket holds. A bucket of more is folded
in ranges of enterprises, and for each its row groups are read again."""
_NO_BUCKET = -1
_TAKEN = 262_144
"""Rows put in order at once."""


@dataclass(frozen=True)
class StoredRows:
    """The files of a feed's rows in a lake of some buckets. closings: ends that are not in the rows yet."""

    paths: Sequence[Path]
    buckets: int
    closings: Closings | None

    @cached_property
    def held(self) -> list[int]:
        """The buckets that can have rows, in order."""
        low, high = (np.concatenate([bounds[place] for bounds in self._bounds]) for place in (0, 1))
        return [bucket for bucket in range(self.buckets) if ((low <= bucket) & (bucket <= high)).any()]

    def fold(self, bucket: int) -> Iterator[pa.Table]:
        """The rows of a bucket by enterprise, event date, instant known and record number, some at a time.

        Rows written anew under another owner are left behind.
        """
        rows, last = self._extent(bucket)
        step = last // max(1, round(rows / CHUNK)) + 1
        for first in range(0, last + 1, step):
            table = self._read(bucket, first, first + step)
            if table.num_rows:
                yield from self._in_order(table)

    @cached_property
    def _metadata(self) -> list[pq.FileMetaData]:
        return [pq.read_metadata(path) for path in self.paths]

    @cached_property
    def _bounds(self) -> list[Any]:
        """Of each file: the lowest and the highest bucket, the rows and the last enterprise of each row group."""
        return [np.array([_facts(told, group) for group in range(told.num_row_groups)]).T for told in self._metadata]

    def _extent(self, bucket: int) -> tuple[int, int]:
        """About how many rows a bucket has, and a number that no enterprise of it is above."""
        rows, last = 0.0, 0
        for low, high, count, enterprise in self._bounds:
            holds = (low <= bucket) & (bucket <= high)
            rows += float((count / (high - low + 1))[holds].sum())
            last = max(last, int(enterprise[holds].max(initial=0)))
        return int(rows), last

    def _read(self, bucket: int, first: int, end: int) -> pa.Table:
        """The rows of a bucket's enterprises from `first` up to `end`, file after file."""
        tables = []
        for path, told, (low, high, _, _) in zip(self.paths, self._metadata, self._bounds, strict=True):
            groups = np.flatnonzero((low <= bucket) & (bucket <= high)).tolist()
            if groups:
                with pq.ParquetFile(path, metadata=told, pre_buffer=False) as file:
                    table = file.read_row_groups(groups, use_threads=False)
                enterprise = table["enterprise_id"].to_numpy()
                own = (table["bucket"].to_numpy() == bucket) & (first <= enterprise) & (enterprise < end)
                tables.append(table if own.all() else table.filter(pa.array(own)))
        return pa.concat_tables(tables)

    def _in_order(self, table: pa.Table) -> Iterator[pa.Table]:
        """The rows that count, in order. The table is given up, column by column."""
        ends, names = self._ends(table), table.column_names
        order = self._order(table)
        order = order[ends[order] != VOID]
        columns = {}
        for name in names:  # of one column at a time there are two in memory
            columns[name] = table[name].combine_chunks()
            table = table.drop_columns(name)
        columns["closed_at"] = pa.array(ends, mask=ends == NO_END)
        for start in range(0, len(order), _TAKEN):
            taken = pa.array(order[start : start + _TAKEN])
            yield pa.table({name: columns[name].take(taken) for name in names})

    def _ends(self, table: pa.Table) -> Any:
        ends = table["closed_at"].fill_null(NO_END).to_numpy()
        return ends if self.closings is None else self.closings.applied(ends, table["row_no"].to_numpy())

    def _order(self, table: pa.Table) -> Any:
        place = table["enterprise_id"].to_numpy() // self.buckets
        event = table["event_date"].cast(pa.int32()).to_numpy()
        known = known_at(event, *(table[name].to_numpy() for name in ("known_lag", "known_second", "known_micro")))
        first = int(place.min())
        _, order = arrange(place - first, event, known, table["record_no"].to_numpy(), int(place.max()) - first + 1)
        return order


def _facts(told: pq.FileMetaData, group: int) -> tuple[int, int, int, int]:
    rows = told.row_group(group).num_rows
    bucket, enterprise = (_column(told, group, name).statistics for name in ("bucket", "enterprise_id"))
    if rows == 0:  # all of a file may have been erased
        return _NO_BUCKET, _NO_BUCKET, 0, 0
    return bucket.min, bucket.max, rows, enterprise.max


def _column(told: pq.FileMetaData, group: int, name: str) -> pq.ColumnChunkMetaData:
    return told.row_group(group).column(told.schema.names.index(name))
