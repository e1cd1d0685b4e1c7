"""Compute some features for many rows, by the kernel, by DuckDB or by Spark."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

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
from features.store.kernel_computation import Portion, compute_by_kernel, kernel_portions
from features.store.population import (
    DAY,
    Sums,
    fill,
    group_sums,
    month_end_before,
    read_sums,
    summed,
    summing,
    sums_path,
    write_sums,
)
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
    once: bool = False,
) -> pl.DataFrame:
    """One column per entry, one row per given row, in its order. Categories come as an enumeration.

    rows: `enterprise_id`, `enterprise_known_from` (microseconds) and the day `as_of`; unknown enterprises are null.
    used_on: the day by whose law records are used, each row's own day unless said.
    once: the kernel need not keep what it reads for later.
    """
    if any(map(is_population, entries)):
        return _with_peers(lake, entries, snapshot, rows, engine, used_on, once)
    if engine is Engine.KERNEL:
        return compute_by_kernel(lake, entries, snapshot, rows, used_on, once)
    if engine is Engine.SPARK:
        return compute_by_spark(lake, entries, snapshot, ask(entries, rows, used_on, SPARK))
    return _by_duckdb(lake, entries, snapshot, ask(entries, rows, used_on, DUCKDB))


def compute_portions(
    lake: Lake, entries: Sequence[Entry], snapshot: int, rows: pl.DataFrame, used_on: date | None, once: bool
) -> Iterator[Portion]:
    """What the kernel computes for some rows, some thousand at a time, in the order in which memory holds them."""
    own = kernel_portions(lake, parts_of(entries), snapshot, rows, used_on, once)
    if not any(map(is_population, entries)):
        yield from own
        return
    yield from _Peers(lake, entries, snapshot, rows, Engine.KERNEL, once).beside_each(own)


def _with_peers(
    lake: Lake,
    entries: Sequence[Entry],
    snapshot: int,
    rows: pl.DataFrame,
    engine: Engine,
    used_on: date | None,
    once: bool,
) -> pl.DataFrame:
    """Own figures by the execution; figures of peers from their sums at the end of the month before each row's day."""
    own = compute(lake, parts_of(entries), snapshot, rows, engine, used_on, once)
    return _Peers(lake, entries, snapshot, rows, engine, once).beside(own)


class _Peers:
    """What is known of the peers of some rows at the end of the month before each, and what it gives beside own
    figures."""

    def __init__(
        self, lake: Lake, entries: Sequence[Entry], snapshot: int, rows: pl.DataFrame, engine: Engine, once: bool
    ) -> None:
        self._lake, self._entries, self._snapshot, self._engine, self._once = lake, entries, snapshot, engine, once
        peers = [entry for entry in entries if is_population(entry)]
        self._parts = parts_of(peers)
        self._before = rows.with_columns(as_of=month_end_before(pl.col("as_of")))
        days = self._before["as_of"].unique().sort()
        found = {day: sums_on(lake, peers, day, snapshot, engine, once) for day in days}
        self._sums = {one.name: summed(one, {day: sums[one.name] for day, sums in found.items()}) for one in peers}

    def beside(self, own: pl.DataFrame) -> pl.DataFrame:
        """All columns of the rows whose own figures these are."""
        return self._columns(own, self._then())

    def beside_each(self, own: Iterator[Portion]) -> Iterator[Portion]:
        """The same of portions of the rows."""
        if self._once:  # the records of peers may lie in hot files where those of the others do not, in other buckets
            whole = self._then()
            for portion in own:
                yield Portion(portion.places, self._columns(portion.values, whole[portion.places]))
            return
        for portion, then in zip(own, self._then_portions(), strict=True):
            yield Portion(portion.places, self._columns(portion.values, then))

    def _then(self) -> pl.DataFrame:
        """The parts of all rows at the end of the month before each, and which day that is."""
        then = compute(self._lake, self._parts, self._snapshot, self._before, self._engine, once=self._once)
        return then.with_columns(self._before["as_of"].alias(DAY))

    def _then_portions(self) -> Iterator[pl.DataFrame]:
        """The same in portions: of the same rows as those of own figures, for both follow the enterprises alone."""
        for portion in kernel_portions(self._lake, self._parts, self._snapshot, self._before, None, once=False):
            yield portion.values.with_columns(self._before["as_of"][portion.places].alias(DAY))

    def _columns(self, own: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
        def column(entry: Entry) -> pl.Series:
            if not is_population(entry):
                return own[entry.name]
            return fill(entry, own, then, self._sums[entry.name])

        return pl.DataFrame([column(entry) for entry in self._entries])


def sums_on(
    lake: Lake, peers: Sequence[Entry], day: date, snapshot: int, engine: Engine, once: bool = False
) -> dict[str, Sums]:
    """The sums of population features' groups as of a day, under its law: read where they were kept, else computed
    for all of them in one run over the city."""
    places = {entry.name: sums_path(lake, entry, day, snapshot, engine) for entry in peers}
    kept = _kept_sums(places)
    if len(kept) == len(places):
        return kept
    with summing(lake, day):
        kept = _kept_sums(places)  # another may have added them up meanwhile
        if missing := [entry for entry in peers if entry.name not in kept]:
            city = compute(lake, parts_of(missing), snapshot, city_rows(lake, snapshot, day), engine, once=once)
            for entry in missing:
                kept[entry.name] = group_sums(city, entry)
                write_sums(places[entry.name], kept[entry.name])
    return kept


def _kept_sums(places: Mapping[str, Path]) -> dict[str, Sums]:
    """Those that are kept, by feature."""
    found = {name: read_sums(place) for name, place in places.items()}
    return {name: sums for name, sums in found.items() if sums is not None}


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
