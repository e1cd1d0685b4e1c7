"""A lake in a temporary home, and what is visible in it on a day."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from bureau.clock import known_before, to_micros
from features.contracts.contract import Contract
from features.lake.lake import Lake, open_lake
from features.lake.reading import visible_sql


def lake_in(home: Path) -> Lake:
    """The lake of a home, its catalogue in a SQLite file of its own."""
    return open_lake(home, f"sqlite:///{home.resolve() / 'catalogue.db'}")


def visible(lake: Lake, contract: Contract, as_of: date) -> pl.DataFrame:
    """Every row of a feed as known on a day, by record: its own columns, record_id, version and known_from."""
    before = to_micros(known_before(as_of))
    columns = ", ".join((*contract.own_columns, "record_id", "version", "event_date", "known_from"))
    return duckdb.sql(
        f"SELECT {columns} FROM {visible_sql(lake, contract)}"
        f" WHERE known_from < {before} AND (known_to IS NULL OR known_to >= {before}) ORDER BY record_id"
    ).pl()
