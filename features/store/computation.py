"""Run the query of some features for the rows of a spine."""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import polars as pl

from features.contracts.feeds import find_feed
from features.definitions.entry import Entry
from features.engine.day_sql import DaySql
from features.engine.duckdb_sql import feature_query, feeds
from features.lake.deriving import derive
from features.lake.lake import Lake
from features.store.connections import build_connection
from features.store.feed_sources import feed_sources

Parameter = date | int | None


def compute(
    lake: Lake,
    entries: Sequence[Entry],
    snapshot: int,
    day: DaySql,
    spine: pl.DataFrame,
    parameters: Mapping[str, Parameter] | None = None,
) -> pl.DataFrame:
    """One column per entry, one row per row of the spine, in its order. Categories come as an enumeration."""
    wanted = {entry.name: entry.definition for entry in entries}
    for code in feeds(wanted.values()):
        if find_feed(code).derived_from:
            derive(lake, find_feed(code), snapshot)
    sources = feed_sources(lake, feeds(wanted.values()), snapshot)
    query = feature_query(wanted, sources, "spine", day)
    with build_connection(lake) as connection:
        connection.register("given", spine)
        connection.execute("CREATE TEMP TABLE spine AS SELECT * FROM given")  # its statistics order joins well
        statement = connection.extract_statements(query)[0]
        values: pl.DataFrame = connection.sql(statement, params=used(statement, parameters or {})).pl()
    closed = {entry.name: pl.Enum(entry.categories) for entry in entries if entry.categories}
    return values.drop("row_no").cast(closed)  # type: ignore[arg-type]  # a mapping of column to type


def used(statement: duckdb.Statement, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters a statement names; DuckDB refuses the others."""
    return {name: value for name, value in parameters.items() if name in statement.named_parameters}
