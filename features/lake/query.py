"""DuckDB for the lake's own work: one embedded database a process, a cursor of its own for each query."""

import os
from contextlib import suppress
from functools import cache

import duckdb
import polars as pl


def query(sql: str, **frames: pl.DataFrame) -> pl.DataFrame:
    """The rows of a query over Parquet files and the frames given by name."""
    with quiet(_database().cursor()) as cursor:
        for name, frame in frames.items():
            cursor.register(name, frame)
        found: pl.DataFrame = cursor.sql(sql).pl()
    return found


def execute(sql: str) -> None:
    """Run a statement that returns nothing of interest, such as a copy into a file of the lake."""
    with quiet(_database().cursor()) as cursor:
        cursor.execute(sql)


def quiet(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A connection that draws no bar on the terminal: a command tells its own progress. Cursors ask anew."""
    with suppress(duckdb.InvalidInputException):  # in a notebook without ipywidgets there is no bar to forbid
        connection.execute("SET enable_progress_bar = false")
    return connection


@cache
def _database() -> duckdb.DuckDBPyConnection:
    # Opening one costs 20 ms, a cursor on it almost nothing. Extensions would be downloaded: never.
    return keep(duckdb.connect(config={"autoinstall_known_extensions": False}))


def keep(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Never close a database: a forked process has it without its threads, and closing would wait for them."""
    _kept.append(database)
    return database


_kept: list[duckdb.DuckDBPyConnection] = []
# The threads of an open database do not survive a fork: a child opens one of its own.
os.register_at_fork(after_in_child=_database.cache_clear)
