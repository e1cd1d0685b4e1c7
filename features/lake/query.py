"""DuckDB for the lake's own work: one embedded database a process, a cursor of its own for each query."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

MEMORY, THREADS = "1500MB", 4
"""Of a work that reads a whole city: what needs more memory goes to disk, and each thread more would need its share."""
# Extensions would be downloaded: never.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False}


def query(sql: str, **frames: pl.DataFrame) -> pl.DataFrame:
    """The rows of a query over Parquet files and the frames given by name."""
    with quiet(_database().cursor()) as cursor:
        for name, frame in frames.items():
            cursor.register(name, frame)
        found: pl.DataFrame = cursor.sql(sql).pl()
    return found


@contextmanager
def spilling(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own for a work that reads a whole city. folder: for what does not fit into `MEMORY`."""
    threads = min(os.cpu_count() or 1, THREADS)
    config = _CONFIG | {"memory_limit": MEMORY, "temp_directory": str(folder), "threads": str(threads)}
    with duckdb.connect(config=config) as connection:
        yield quiet(connection)


def quiet(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection that draws no bar on the terminal: a command tells its own progress. Cursors ask anew."""
    with suppress(duckdb.InvalidInputException):  # in a notebook without ipywidgets there is no bar to forbid
        connection.execute("SET enable_progress_bar = false")
    return connection


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # Opening one costs 20 ms, a cursor on it almost nothing.
    return keep(duckdb.connect(config=_CONFIG))


def keep(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Never close a database: a forked process has it without its threads, and closing would wait for them."""
    _kept.append(database)
    return database


_kept: list[duckdb.DuckDBPyConnection] = []
# The threads of an open database do not survive a fork: a child opens one of its own.
os.register_at_fork(after_in_child=_database.cache_clear)
