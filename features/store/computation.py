"""Compute some features for many rows, by the kernel, by DuckDB or by Spark."""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import polars as pl

from features.definitions.entry import Entry, own_definition
from features.definitions.parts import is_population, parts_of
from features.engine.day_sql import cutoff_micros
from features.engine.dialects import DUCKDB, SPARK
from features.engine.duckdb_sql import feature_query, feeds
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.store.asking import Asked, ask, derive_feeds
from features.store.connections import build_connection
from features.store.feed_sources import feed_sources
from features.store.kernel_computation import compute_by_kernel
from features.store.population import Sums, fill, group_sums, read_sums, sums_path, write_sums
from features.store.spark_computation import compute_by_spark
from features.store.subjects import known_since

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
    if any(map(is_population, entries)):
        return _with_peers(lake, entries, snapshot, rows, engine, used_on)
    if engine is Engine.KERNEL:
        return compute_by_kernel(lake, entries, snapshot, rows, used_on)
    if engine is Engine.SPARK:
        return compute_by_spark(lake, entries, snapshot, ask(entries, rows, used_on, SPARK))
    return _by_duckdb(lake, entries, snapshot, ask(entries, rows, used_on, DUCKDB))


def _with_peers(
    lake: Lake,
    entries: Sequence[Entry],
    snapshot: int,
    rows: pl.DataFrame,
    engine: Engine,
    used_on: date | None,
) -> pl.DataFrame:
    """Own figures by the execution, figures of peers from the sums of their groups on each row's day."""
    own = compute(lake, parts_of(entries), snapshot, rows, engine, used_on)
    days = rows["as_of"].unique().sort().to_list()
    table_of = [days.index(day) for day in rows["as_of"]]

    def column(entry: Entry) -> pl.Series:
        if not is_population(entry):
            return own[entry.name]
        sums = [sums_of(lake, entry, (day, used_on or day), snapshot, engine) for day in days]
        return fill(own, entry, sums, table_of)

    return pl.DataFrame([column(entry) for entry in entries])


def sums_of(lake: Lake, entry: Entry, days: tuple[date, date], snapshot: int, engine: Engine) -> Sums:
    """The sums of a population feature's groups as of a day, computed now or read where they were kept.

    days: the day read and the day of use.
    """
    place = sums_path(lake, entry, days, snapshot, engine)
    if (kept := read_sums(place)) is not None:
        return kept
    rows = city_rows(lake, snapshot, days[0])
    sums = group_sums(compute(lake, parts_of([entry]), snapshot, rows, engine, days[1]), entry)
    write_sums(place, sums)
    return sums


def city_rows(lake: Lake, snapshot: int, as_of: date) -> pl.DataFrame:
    """The spine of every enterprise known on a day, by number."""
    known = known_since(lake, snapshot).filter(pl.col("enterprise_known_from") < cutoff_micros(as_of))
    return known.sort("enterprise_id").with_columns(as_of=pl.lit(as_of))


def _by_duckdb(lake: Lake, entries: Sequence[Entry], snapshot: int, asked: Asked) -> pl.DataFrame:
    wanted = {entry.name: own_definition(entry) for entry in entries}
    derive_feeds(lake, wanted.values(), snapshot)
    query = feature_query(wanted, feed_sources(lake, feeds(wanted.values()), snapshot), "spine", asked.day)
    with build_connection(lake) as connection:
        connection.register("given", asked.spine)
        connection.execute("CREATE TEMP TABLE spine AS SELECT * FROM given")  # its statistics order joins well
        statement = connection.extract_statements(query)[0]
        values: pl.DataFrame = connection.sql(statement, params=used(statement, asked.parameters)).pl()
    closed = {entry.name: pl.Enum(entry.categories) for entry in entries if entry.categories}
    return values.drop("row_no").cast(closed)  # type: ignore[arg-type]  # a mapping of column to type


def used(statement: duckdb.Statement, parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters a statement names; DuckDB refuses the others."""
    return {name: value for name, value in parameters.items() if name in statement.named_parameters}
