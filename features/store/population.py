"""Population features: figures of the other enterprises of a group on a day, from the sums of each group.

An execution computes the parts; the sums are of integers, so that executions, orders and machines agree.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import polars as pl

from features.definitions.entry import Entry
from features.definitions.library import definition_hash
from features.engine.algebra import Population, Statistic
from features.engine.engines import Engine
from features.lake.lake import Lake

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

    def figure(self, population: Population, group: Group, own: Value) -> float | None:
        """The statistic for one member of a group; its own value never enters the mean of the others."""
        mine = None if own is None or isinstance(own, str) else round(own * population.scale)
        total, count = self.others(group, mine)
        if count < population.least:
            return None
        mean = total / (count * population.scale)
        if population.statistic is Statistic.MEAN:
            return mean
        return None if mine is None else mine / population.scale - mean

    def others(self, group: Group, mine: int | None) -> tuple[int, int]:
        """The sum and the number of a group's members but one, whose own scaled value is left out."""
        total, count = (0, 0) if None in group else self.groups.get(group, (0, 0))
        return (total, count) if mine is None else (total - mine, count - 1)


def sums_path(lake: Lake, entry: Entry, days: tuple[date, date], snapshot: int, engine: Engine) -> Path:
    """Where sums are kept, for the state of the feeds they rest on: of another state they are other sums."""
    files = [
        path.name for code in entry.feeds for path in (*lake.files(code, snapshot), *lake.closings(code, snapshot))
    ]
    told = json.dumps([definition_hash([entry.name]), [str(day) for day in days], files, engine])
    return lake.root / "groups" / entry.name / f"{days[0]}.{sha256(told.encode()).hexdigest()[:20]}.json"


@lru_cache(maxsize=1024)
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
    scaled = (pl.col(population.of_name) * population.scale).round().cast(pl.Int64)
    grouped = (
        city.select(*(pl.col(name).cast(pl.String) for name in population.by_names), scaled.alias("_value"))
        .drop_nulls()
        .group_by(population.by_names)
        .agg(pl.col("_value").sum(), pl.len().alias("_count"))
        .sort(population.by_names)
    )
    return Sums({tuple(row[:-2]): (int(row[-2]), int(row[-1])) for row in grouped.iter_rows()})


def fill(values: pl.DataFrame, entry: Entry, sums: Sequence[Sums], table_of: Iterable[int]) -> pl.Series:
    """A population feature for rows whose parts are in `values`; `table_of` says which sums each row reads."""
    population = population_of(entry)
    groups = values.select(pl.col(name).cast(pl.String) for name in population.by_names).iter_rows()
    rows = zip(groups, values[population.of_name], table_of, strict=True)
    figures = [sums[table].figure(population, group, own) for group, own, table in rows]
    return pl.Series(entry.name, figures, dtype=pl.Float64)


def population_of(entry: Entry) -> Population:
    """The definition of a figure of peers; raises `TypeError` for a feature of own records."""
    if not isinstance(entry.definition, Population):
        raise TypeError(f"{entry.name} is a feature of the enterprise's own records.")
    return entry.definition
