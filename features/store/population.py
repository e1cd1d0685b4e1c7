"""Population features: figures of the other enterprises of a group on a day, from the sums of each group.

A figure of a day D is of the end of the month before D: one state of the peers a month, whatever lands on a day. An
execution computes the parts; the sums are of integers, so that executions, orders and machines agree.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import or_, select

from bureau.clock import known_before, to_micros
from features.definitions.entry import Entry
from features.definitions.library import definition_hash, law_hash
from features.engine.algebra import GroupRate, Population, Statistic
from features.engine.engines import Engine
from features.lake.lake import Lake
from features.lake.locking import alone
from features.lake.memory import until_erasure
from features.lake.tables import LakeFile
from features.lake.whole import whole

Value = float | str | None
Group = tuple[str | None, ...]
Share = tuple[int, int, int]
"""What an enterprise, or all of a group, adds up to: the value told, what divides it, and how many are counted."""
NOTHING: Share = (0, 0, 0)


@dataclass(frozen=True)
class Cohort:
    """The group a figure of peers was taken over: what its members share, and how many of the others have a value."""

    shared: tuple[tuple[str, str | None], ...]
    size: int


@dataclass(frozen=True)
class Sums:
    """Of each group what its members add up to, in scaled integers."""

    groups: Mapping[Group, Share]

    def figure(
        self, population: Population, group: Group, then: Value, own: Value, whole: Value = None
    ) -> float | None:
        """The statistic for one member of a group: `then` (and `whole`) are its values in the sums, left out of them;
        `own` its present one."""
        total, divisor, count = self.others(group, share_of(population, then, whole))
        if count < population.least or divisor <= 0:
            return None
        figure = float(total) / float(divisor)
        if population.statistic is not Statistic.ABOVE:
            return figure
        mine = _scaled(own, population)
        return None if mine is None else mine / population.scale - figure

    def others(self, group: Group, mine: Share) -> Share:
        """What a group's members but one add up to."""
        total, divisor, count = NOTHING if None in group else self.groups.get(group, NOTHING)
        return total - mine[0], divisor - mine[1], count - mine[2]


def share_of(population: Population, value: Value, whole: Value = None) -> Share:
    """What one enterprise adds to its group."""
    scaled = _scaled(value, population)
    if isinstance(population, GroupRate):
        over = _scaled(whole, population)
        return scaled or 0, over or 0, int(over is not None)
    return NOTHING if scaled is None else (scaled, population.scale, 1)


def group_of(population: Population, values: Mapping[str, Value]) -> Group:
    """The group of an enterprise; a group named by a number is named by its digits."""
    return tuple(_named(values[name]) for name in population.by_names)


def _named(value: Value) -> str | None:
    return value if value is None or isinstance(value, str) else str(int(value))


def month_end_before(day: pl.Expr) -> pl.Expr:
    """The last day of the month before each day."""
    return day.dt.month_start().dt.offset_by("-1d")


def peers_day(day: date) -> date:
    """The day on which the peers of a day are looked at."""
    return day.replace(day=1) - timedelta(days=1)


_FORM = 2
"""Of the files of sums; another form has other names."""


@contextmanager
def summing(lake: Lake, day: date) -> Iterator[None]:
    """Wait to be the only one that adds up the groups of a day, of all threads and processes."""
    folder = lake.root / "groups"
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder / f".{day}"):
        yield


def sums_path(lake: Lake, entry: Entry, day: date, snapshot: int, engine: Engine) -> Path:
    """Where sums are kept, for the law, and for the state of the feeds they rest on as far as it was known that day."""
    told = json.dumps([_FORM, *_hashes(entry.name), str(day), _files(lake, entry, day, snapshot), engine])
    return lake.root / "groups" / entry.name / f"{day}.{sha256(told.encode()).hexdigest()[:20]}.json"


@cache
def _hashes(name: str) -> tuple[str, str]:
    """Of what a feature computes and of the law it follows: neither changes while a process runs, and every live call
    asks."""
    return definition_hash([name]), law_hash([name])


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
    return Sums({tuple(row[:-3]): (row[-3], row[-2], row[-1]) for row in rows})


def read_sums(path: Path) -> Sums | None:
    """Kept sums; None where there are none."""
    try:
        return _read(path)
    except FileNotFoundError:
        return None


def write_sums(path: Path, sums: Sums) -> None:
    """Keep sums, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as unfinished:
        unfinished.write_text(json.dumps([[*group, *found] for group, found in sums.groups.items()]), "utf-8")


def group_sums(city: pl.DataFrame, entry: Entry) -> Sums:
    """The sums of a city's groups from the columns of an entry's parts."""
    population = population_of(entry)
    grouped = (
        _keys(city, population)
        .hstack(_share_columns(city, population))
        .drop_nulls()
        .filter((pl.col("_count") > 0) | (pl.col("_total") != 0))
        .group_by(population.by_names)
        .agg(pl.col("_total", "_divisor", "_count").sum())
        .sort(population.by_names)
    )
    return Sums({tuple(row[:-3]): (int(row[-3]), int(row[-2]), int(row[-1])) for row in grouped.iter_rows()})


def _keys(rows: pl.DataFrame, population: Population) -> pl.DataFrame:
    """The groups of many rows, as `group_of` names them."""
    named = (rows[name] for name in population.by_names)
    return pl.DataFrame([(one.cast(pl.Int64) if one.dtype.is_numeric() else one).cast(pl.String) for one in named])


def _share_columns(rows: pl.DataFrame, population: Population) -> pl.DataFrame:
    """What each of many rows adds to its group, as `share_of` says it of one."""
    value = _scaled_column(rows[population.of_name], population)
    if isinstance(population, GroupRate):
        divisor = _scaled_column(rows[population.whole_name], population)
        counted = divisor.is_not_null().cast(pl.Int64)
    else:
        counted = value.is_not_null().cast(pl.Int64)
        divisor = counted * population.scale
    return pl.DataFrame({"_total": value.fill_null(0), "_divisor": divisor.fill_null(0), "_count": counted})


DAY = "_day"
"""The column that says of which day the sums of a row are."""


_SUMMED = ("_total", "_divisor", "_count")


def summed(entry: Entry, sums: Mapping[date, Sums]) -> pl.DataFrame:
    """The sums of an entry's groups on some days as a table: a row for each group and day."""
    groups = [[*group, day, *share] for day, found in sums.items() for group, share in found.groups.items()]
    names = population_of(entry).by_names
    schema = {**dict.fromkeys(names, pl.String), DAY: pl.Date, **dict.fromkeys(_SUMMED, pl.Int64)}
    return pl.DataFrame(groups, schema=schema, orient="row")


def fill(entry: Entry, own: pl.DataFrame, then: pl.DataFrame, sums: pl.DataFrame) -> pl.Series:
    """A population feature for many rows.

    own: the parts' present values. then: their values in the sums, and `DAY`. sums: as `summed` gives them.
    """
    population = population_of(entry)
    rows = _keys(then, population).with_columns(then[DAY])
    joined = rows.join(sums, on=[*population.by_names, DAY], how="left", maintain_order="left")
    mine = _share_columns(then, population)
    total, divisor, count = (
        (joined[name] - mine[name]).cast(pl.Float64).fill_null(np.nan).to_numpy() for name in _SUMMED
    )
    enough = (count >= population.least) & (divisor > 0)
    # numpy divides as Python does for one enterprise; polars may multiply instead
    figure = np.divide(total, divisor, out=np.full(len(total), np.nan), where=enough)
    if population.statistic is Statistic.ABOVE:
        present = _scaled_column(own[population.of_name], population).cast(pl.Float64).fill_null(np.nan).to_numpy()
        figure = present / population.scale - figure
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
