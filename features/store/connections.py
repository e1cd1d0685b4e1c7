"""DuckDB connections: one embedded database for live answers, and one for each long computation."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb

from features.lake.lake import Lake
from features.lake.query import keep, spilling

_threads = threading.local()


def live_connection() -> duckdb.DuckDBPyConnection:
    """This thread's connection to the process's database. Each call runs in the thread that asks: a live answer reads
    a few hundred rows, and handing them to other threads costs more than reading them."""
    if not hasattr(_threads, "connection"):
        _threads.connection = _live_database().cursor()
    connection: duckdb.DuckDBPyConnection = _threads.connection
    return connection


@cache
def _live_database() -> duckdb.DuckDBPyConnection:
    database = keep(duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False}))
    database.execute("SET parquet_metadata_cache = true")  # files of the lake never change
    # Every feed gives a live query one row: there is no join to order, and planning is half of its time.
    database.execute("SET disabled_optimizers = 'join_order,projection_pullup'")
    return database


def _forget() -> None:
    _live_database.cache_clear()
    _threads.__dict__.clear()


# The threads of an open database do not survive a fork.
os.register_at_fork(after_in_child=_forget)


@contextmanager
def build_connection(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for one computation; what does not fit in memory goes to a folder of the lake."""
    with spilling(lake.spill) as connection:
        yield connection
