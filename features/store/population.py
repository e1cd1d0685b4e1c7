"""Population features: figures of the other enterprises of a group on a day, from the sums of each group.

A figure of a day D is of the end of the month before D: one state of the peers a month, whatever lands on a day. An
execution computes the parts; the sums are of integers, so that executions, orders and machines agree.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import or_, select

from bureau.clock import known_before, to_micros
from features.definitions.entry import Entry
from features.definitions.library import definition_hash
from features.engine.algebra import Population, Statistic
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.lake.tables import LakeFile

Value = float | str | None
Group = tuple[str | None, ...]


@dataclass(frozen=True)
class Cohort:
    """The group a figure of peers was taken over: what its members share, and how many of the others have a value."""

    shared: tuple[tuple[str, str | None], ...]
    size: int


@dataclass(frozen=True)
class Sums:
    """Of each group the scaled integer sum of its known values and how many there are."""

    groups: Mapping[Group, tuple[int, int]]

    def figure(self, population: Population, group: Group, then: Value, own: Value) -> float | None:
        """The statistic for one member of a group: `then` is its value in the sums, left out of them; `own` its present
        one."""
        total, count = self.others(group, _scaled(then, population))
        if count < population.least:
            return None
        mean = float(total) / float(count * population.scale)
        if population.statistic is Statistic.MEAN:
            return mean
        mine = _scaled(own, population)
        return None if mine is None else mine / population.scale - mean

    def others(self, group: Group, mine: int | None) -> tuple[int, int]:
        """The sum and the number of a group's members but one, whose own scaled value is left out."""
        total, count = (0, 0) if None in group else self.groups.get(group, (0, 0))
        return (total, count) if mine is None else (total - mine, count - 1)


def month_end_before(day: pl.Expr) -> pl.Expr:
    """The last day of the month before each day."""
    return day.dt.month_start().dt.offset_by("-1d")


def peers_day(day: date) -> date:
    """The day on which the peers of a day are looked at."""
    return day.replace(day=1) - timedelta(days=1)


def sums_path(lake: Lake, entry: Entry, day: date, snapshot: int, engine: Engine) -> Path:
    """Where sums are kept, for the state of the feeds they rest on as far as it was known on the day."""
    told = json.dumps([definition_hash([entry.name]), str(day), _files(lake, entry, day, snapshot), engine])
    return lake.root / "groups" / entry.name / f"{day}.{sha256(told.encode()).hexdigest()[:20]}.json"


def _files(lake: Lake, entry: Entry, day: date, snapshot: int) -> list[str]:
    """The files of an entry's feeds that hold anything known by the end of a day: later ones change nothing."""
    query = (
        select(LakeFile.path)
        .where(LakeFile.feed.in_(entry.feeds), LakeFile.added_in <= snapshot)
        .where(or_(LakeFile.removed_in.is_(None), LakeFile.removed_in > snapshot))
        .where(or_(LakeFile.min_known.is_(None), LakeFile.min_known < to_micros(known_before(day))))
        .order_by(LakeFile.id)
    )
    with lake.catalogue.connect() as connection:
        return list(connection.scalars(query))


@until_erasure(maxsize=1024)
def _read(path: Path) -> Sums:
    rows = json.loads(path.read_text("utf-8"))
    return Sums({tuple(row[:-2]): (row[-2], row[-1]) for row in rows})


def read_sums(path: Path) -> Sums | None:
    """Kept sums; None where there are none."""
    try:
        return _read(path)
    except FileNotFoundError:
        return None


def write_sums(path: Path, sums: Sums) -> None:
    """Keep sums, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.unfinished")
    unfinished.write_text(json.dumps([[*group, *found] for group, found in sums.groups.items()]), "utf-8")
    unfinished.replace(path)


def group_sums(city: pl.DataFrame, entry: Entry) -> Sums:
    """The sums of a city's groups from the columns of an entry's parts."""
    population = population_of(entry)
    scaled = _scaled_column(city[population.of_name], population)
    grouped = (
        city.select(*(pl.col(name).cast(pl.String) for name in population.by_names), scaled.alias("_value"))
        .drop_nulls()
        .group_by(population.by_names)
        .agg(pl.col("_value").sum(), pl.len().alias("_count"))
        .sort(population.by_names)
    )
    return Sums({tuple(row[:-2]): (int(row[-2]), int(row[-1])) for row in grouped.iter_rows()})


DAY = "_day"
"""The column that says of which day the sums of a row are."""


def fill(entry: Entry, own: pl.DataFrame, then: pl.DataFrame, sums: Mapping[date, Sums]) -> pl.Series:
    """A population feature for many rows.

    own: the parts' present values. then: their values in the sums, and `DAY`. sums: by day.
    """
    population = population_of(entry)
    by = [*population.by_names, DAY]
    groups = [
        [*group, day, total, count] for day, found in sums.items() for group, (total, count) in found.groups.items()
    ]
    schema = {**dict.fromkeys(population.by_names, pl.String), DAY: pl.Date, "_total": pl.Int64, "_count": pl.Int64}
    rows = then.select(*(pl.col(name).cast(pl.String) for name in population.by_names), DAY).with_columns(
        _mine=_scaled_column(then[population.of_name], population),
        _own=_scaled_column(own[population.of_name], population),
    )
    joined = rows.join(pl.DataFrame(groups, schema=schema, orient="row"), on=by, how="left", maintain_order="left")
    filled = joined.with_columns(
        total=(pl.col("_total") - pl.col("_mine").fill_null(0)).cast(pl.Float64),
        count=(pl.col("_count") - pl.col("_mine").is_not_null().cast(pl.Int64)).cast(pl.Float64),
    ).select("total", "count", pl.col("_own").cast(pl.Float64))
    total, count, mine = (column.fill_null(np.nan).to_numpy() for column in filled)
    enough = count >= population.least  # numpy divides as Python does for one enterprise; polars may multiply instead
    mean = np.divide(total, count * population.scale, out=np.full(len(total), np.nan), where=enough)
    figure = mean if population.statistic is Statistic.MEAN else mine / population.scale - mean
    return pl.Series(entry.name, figure).fill_nan(None)


FURTHEST = 2**40
"""Scaled values beyond count as this: a change on next to nothing says no more, and 8 million of them fit an int64."""


def _scaled(value: Value, population: Population) -> int | None:
    if value is None or isinstance(value, str):
        return None
    return max(-FURTHEST, min(FURTHEST, round(value * population.scale)))


def _scaled_column(values: pl.Series, population: Population) -> pl.Series:
    scaled = (values.cast(pl.Float64) * population.scale).round(mode="half_to_even")
    return scaled.clip(-FURTHEST, FURTHEST).cast(pl.Int64)


def population_of(entry: Entry) -> Population:
    """The definition of a figure of peers; raises `TypeError` for a feature of own records."""
    if not isinstance(entry.definition, Population):
        raise TypeError(f"{entry.name} is a feature of the enterprise's own records.")
    return entry.definition
