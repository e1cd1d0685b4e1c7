"""A feed's stored rows out of many files: bucket after bucket, in order, with every end written into its row."""

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

CHUNK = 2**28
"""Bytes of rows folded at once, about: what bounds the memory of folding, whatever a bucket or a row holds. Buckets of
less are folded together, for their rows lie in the same row groups; one of more in ranges of enterprises, its groups
read for each."""
_NO_BUCKET = -1
_TAKEN = 262_144
"""Rows put in order at once."""


@dataclass(frozen=True)
class Run:
    """Buckets from `first` to `last`, and about how many rows they have."""

    first: int
    last: int
    rows: float


@dataclass(frozen=True)
class StoredRows:
    """The files of a feed's rows in a lake of some buckets. closings: ends that are not in the rows yet."""

    paths: Sequence[Path]
    buckets: int
    closings: Closings | None

    @cached_property
    def runs(self) -> list[Run]:
        """The buckets that can have rows, in order, those folded together in one run."""
        runs: list[Run] = []
        for bucket, rows in enumerate(self._counts.tolist()):
            if rows == 0:
                continue
            if runs and runs[-1].rows + rows <= self._at_once:
                runs[-1] = Run(runs[-1].first, bucket, runs[-1].rows + rows)
            else:
                runs.append(Run(bucket, bucket, rows))
        return runs

    def fold(self, run: Run) -> Iterator[tuple[int, pa.Table]]:
        """The rows of a run by bucket, enterprise, event date, instant known and record number, some at a time.

        With each part its bucket. Rows written anew under another owner are left behind.
        """
        last = self._last_enterprise(run)
        step = last // max(1, round(run.rows / self._at_once)) + 1
        for first in range(0, last + 1, step):
            yield from self._in_order(self._read(run, first, first + step))

    @cached_property
    def _metadata(self) -> list[pq.FileMetaData]:
        return [pq.read_metadata(path) for path in self.paths]

    @cached_property
    def _bounds(self) -> list[Any]:
        """Of each file: the lowest and the highest bucket, the rows and the last enterprise of each row group."""
        return [np.array([_facts(told, group) for group in range(told.num_row_groups)]).T for told in self._metadata]

    @cached_property
    def _counts(self) -> Any:
        """About how many rows each bucket has: a row group's are spread evenly over the buckets it reaches."""
        counts = np.zeros(self.buckets)
        for low, high, rows, _ in np.concatenate(self._bounds, axis=1).T.tolist():
            if low != _NO_BUCKET:
                counts[low : high + 1] += rows / (high - low + 1)
        return counts

    @cached_property
    def _at_once(self) -> float:
        """Rows that take `CHUNK` in memory, if all are as wide as those of one row group."""
        for path, told in zip(self.paths, self._metadata, strict=True):
            for group in range(told.num_row_groups):
                if told.row_group(group).num_rows:
                    with pq.ParquetFile(path, metadata=told) as file:
                        table = file.read_row_group(group, use_threads=False)
                    return float(CHUNK * table.num_rows / table.nbytes)
        return CHUNK

    def _last_enterprise(self, run: Run) -> int:
        """A number that no enterprise of a run is above."""
        low, high, _, enterprise = np.concatenate(self._bounds, axis=1)
        return int(enterprise[(low <= run.last) & (run.first <= high)].max())

    def _read(self, run: Run, first: int, end: int) -> pa.Table:
        """The rows of a run's enterprises from `first` up to `end`, file after file."""
        tables = []
        for path, told, (low, high, _, _) in zip(self.paths, self._metadata, self._bounds, strict=True):
            groups = np.flatnonzero((low <= run.last) & (run.first <= high)).tolist()
            if groups:
                with pq.ParquetFile(path, metadata=told, pre_buffer=False) as file:
                    table = file.read_row_groups(groups, use_threads=False)
                enterprise, bucket = table["enterprise_id"].to_numpy(), table["bucket"].to_numpy()
                own = (run.first <= bucket) & (bucket <= run.last) & (first <= enterprise) & (enterprise < end)
                tables.append(table if own.all() else table.filter(pa.array(own)))
        return pa.concat_tables(tables)

    def _in_order(self, table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
        """The rows that count, in order. The table is given up, column by column: who calls must not hold it."""
        if not table.num_rows:
            return
        ends, names = self._ends(table), table.column_names
        order = self._order(table)
        order = order[ends[order] != VOID]
        buckets = table["bucket"].to_numpy()[order]
        columns = {}
        for name in names:  # of one column at a time there are two in memory
            columns[name] = table[name].combine_chunks()
            table = table.drop_columns(name)
        columns["closed_at"] = pa.array(ends, mask=ends == NO_END)
        for bucket in np.unique(buckets).tolist():
            first, after = np.searchsorted(buckets, (bucket, bucket + 1))
            for start in range(first, after, _TAKEN):
                taken = pa.array(order[start : min(start + _TAKEN, after)])
                yield bucket, pa.table({name: columns[name].take(taken) for name in names})

    def _ends(self, table: pa.Table) -> Any:
        ends = table["closed_at"].fill_null(NO_END).to_numpy()
        return ends if self.closings is None else self.closings.applied(ends, table["row_no"].to_numpy())

    def _order(self, table: pa.Table) -> Any:
        place = table["enterprise_id"].to_numpy() // self.buckets
        place -= place.min()
        span = int(place.max()) + 1
        bucket = table["bucket"].to_numpy().astype(np.int32)
        place += (bucket - bucket.min()) * span
        event = table["event_date"].cast(pa.int32()).to_numpy()
        known = known_at(event, *(table[name].to_numpy() for name in ("known_lag", "known_second", "known_micro")))
        _, order = arrange(place, event, known, table["record_no"].to_numpy(), int(place.max()) + 1)
        return order


def _facts(told: pq.FileMetaData, group: int) -> tuple[int, int, int, int]:
    rows = told.row_group(group).num_rows
    bucket, enterprise = (_column(told, group, name).statistics for name in ("bucket", "enterprise_id"))
    if rows == 0:  # all of a file may have been erased
        return _NO_BUCKET, _NO_BUCKET, 0, 0
    return bucket.min, bucket.max, rows, enterprise.max


def _column(told: pq.FileMetaData, group: int, name: str) -> pq.ColumnChunkMetaData:
    return told.row_group(group).column(told.schema.names.index(name))
