"""Compute some features for many rows, by SQL or by the kernel."""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import polars as pl

from features.contracts.feeds import find_feed
from features.definitions.entry import Entry
from features.engine.algebra import leaves
from features.engine.day_sql import DaySql, ManyDays, OneDay
from features.engine.duckdb_sql import feature_query, feeds
from features.engine.engines import Engine
from features.lake.deriving import derive
from features.lake.lake import Lake
from features.store.connections import build_connection
from features.store.feed_sources import feed_sources
from features.store.kernel_computation import compute_by_kernel

Parameter = date | int | None


def compute(
    lake: Lake,
    entries: Sequence[Entry],
    snapshot: int,
    rows: pl.DataFrame,
    engine: Engine,
    used_on: date | None = None,
) -> pl.DataFrame:
    """One column per entry, one row per given row, in its order. Categories come as an enumeration.

    rows: `enterprise_id`, `enterprise_known_from` (microseconds) and the day `as_of`; unknown enterprises are null.
    used_on: the day by whose law records are used, each row's own day unless said.
    """
    if engine is Engine.KERNEL:
        return compute_by_kernel(lake, entries, snapshot, rows, used_on)
    parts = [leaf for entry in entries for leaf in leaves(entry.definition)]
    listed = rows["as_of"].unique().sort().to_list()
    spine = rows.with_row_index("row_no")
    if len(listed) == 1:
        one = OneDay(parts)
        return _by_sql(lake, entries, snapshot, one, spine.drop("as_of"), one.parameters(listed[0], used_on))
    if used_on is not None:
        raise ValueError("Rows of several days are each used on their own day.")
    many = ManyDays(listed, parts)
    spine = spine.join(many.frame, on="as_of", how="left", maintain_order="left")
    return _by_sql(lake, entries, snapshot, many, spine)


def _by_sql(
    lake: Lake,
    entries: Sequence[Entry],
    snapshot: int,
    day: DaySql,
    spine: pl.DataFrame,
    parameters: Mapping[str, Parameter] | None = None,
) -> pl.DataFrame:
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
