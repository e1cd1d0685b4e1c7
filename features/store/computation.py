"""Compute some features for many rows, by SQL or by the kernel."""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import polars as pl

from features.contracts.feeds import find_feed
from features.definitions.entry import Entry, own_definition
from features.definitions.parts import is_population, parts_of
from features.engine.algebra import leaves
from features.engine.day_sql import DaySql, ManyDays, OneDay, cutoff_micros
from features.engine.duckdb_sql import feature_query, feeds
from features.engine.engines import Engine
from features.lake.deriving import derive
from features.lake.lake import Lake
from features.store.connections import build_connection
from features.store.feed_sources import feed_sources
from features.store.kernel_computation import compute_by_kernel
from features.store.population import Sums, fill, group_sums, read_sums, sums_path, write_sums
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


def _by_sql(
    lake: Lake,
    entries: Sequence[Entry],
    snapshot: int,
    day: DaySql,
    spine: pl.DataFrame,
    parameters: Mapping[str, Parameter] | None = None,
) -> pl.DataFrame:
    wanted = {entry.name: own_definition(entry) for entry in entries}
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
