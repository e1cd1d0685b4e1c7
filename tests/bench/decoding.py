"""What every execution that starts from Parquet must at least do: decode the columns that the features read."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from features.engine.kernel.expressions import DAYS_OF_A_RECORD
from features.lake.lake import Lake
from features.store.kernel_computation import program_of

THREADS = 2
WHO_AND_WHEN = ("enterprise_id", "event_date", "known_lag", "known_second", "closed_at")
"""Whose a stored row is, when it happened, and between which instants it was known."""


def decode(lake: Lake, names: tuple[str, ...]) -> dict[str, Any]:
    """Read each file's columns, two files at a time; what was read is dropped."""
    wanted = [(path, columns) for path, columns in _wanted(lake, names)]
    with ThreadPoolExecutor(THREADS) as pool:
        read = list(pool.map(lambda one: _read(*one), wanted))
    return {"rows": sum(rows for rows, _ in read), "bytes": sum(size for _, size in read), "files": len(wanted)}


def _wanted(lake: Lake, names: tuple[str, ...]) -> Iterable[tuple[Path, list[str]]]:
    for feed in program_of(names).feeds:
        columns = list(dict.fromkeys((*WHO_AND_WHEN, *feed.columns[len(DAYS_OF_A_RECORD) :])))
        yield from ((path, columns) for path in lake.files(feed.contract.code))


def _read(path: Path, columns: list[str]) -> tuple[int, int]:
    with pq.ParquetFile(path) as file:
        table = file.read(columns=columns, use_threads=False)
    return table.num_rows, table.nbytes
