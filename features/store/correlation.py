"""Features that say the same: those whose values on one day rise and fall together over the enterprises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.grant import ReadGrant
from features.definitions.library import find_feature
from features.engine.day_sql import cutoff_micros
from features.lake.lake import Lake
from features.lake.registry import enterprises
from features.store.subjects import known_since
from features.store.training_set import training_set

Floats = NDArray[np.float64]

LARGEST_SAMPLE = 100_000
"""Enterprises looked at: a correlation near 0.98 is then known to 0.0003."""
FEWEST_TOGETHER = 30
"""Enterprises that must have both values for a pair to be compared."""
_SEED, _CHUNK = 20_230_430, 8_192
_SPECK = 1e-9
"""Share of a feature's variance below which it does not vary: what rounding leaves of nothing."""


@dataclass(frozen=True)
class Group:
    """Features that count once, in the order of the library; the weakest link that joins them."""

    features: tuple[str, ...]
    weakest: float


@dataclass(frozen=True)
class Likeness:
    """features: all looked at. constant: without two different values on the day. groups: the largest first.

    counting: features that vary, each group once. A feature of categories stands for itself.
    """

    day: date
    enterprises: int
    features: int
    constant: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def counting(self) -> int:
        return self.features - len(self.constant) - sum(len(group.features) - 1 for group in self.groups)


def likeness(lake: Lake, names: Sequence[str], day: date, above: float, grant: ReadGrant) -> Likeness:
    """How alike features are as of a day, over at most `LARGEST_SAMPLE` enterprises known on it."""
    snapshot = lake.snapshot()
    known = known_since(lake, snapshot).filter(pl.col("enterprise_known_from") < cutoff_micros(day))
    city = enterprises(lake, snapshot).join(known, on="enterprise_id", maintain_order="left")
    some = city.sample(min(LARGEST_SAMPLE, city.height), seed=_SEED)
    asked = some.select(subject="uscc", as_of=pl.lit(day))
    read = training_set(lake, asked, names, grant, snapshot).frame.select(names)
    numeric = [name for name in names if not find_feature(name).categories]
    constant, groups = alike(read.select(numeric), above)
    silent = [name for name in names if name not in numeric and read[name].drop_nulls().n_unique() < 2]
    still = {*constant, *silent}
    return Likeness(day, some.height, len(names), tuple(name for name in names if name in still), groups)


def alike(frame: pl.DataFrame, above: float) -> tuple[tuple[str, ...], tuple[Group, ...]]:
    """Columns that do not vary, and the groups joined by correlations above a limit, whichever way they run."""
    strength = np.abs(correlations(frame))
    moving = frame.select(pl.all().drop_nulls().n_unique() > 1).row(0) if frame.height else (False,) * frame.width
    constant = tuple(name for name, moves in zip(frame.columns, moving, strict=True) if not moves)
    linked = np.nan_to_num(strength) > above
    np.fill_diagonal(linked, False)
    groups = [_group(frame.columns, strength, linked, members) for members in _components(linked)]
    return constant, tuple(sorted(groups, key=lambda group: (-len(group.features), group.features)))


def correlations(frame: pl.DataFrame) -> Floats:
    """Pearson's r of each pair over the rows that have both; nan where they are few or one of the two stands still."""
    standard = frame.cast(pl.Float64).select((pl.all() - pl.all().mean()) / pl.all().std())
    pairs, sums, squares, products = (np.zeros((frame.width, frame.width)) for _ in range(4))
    for start in range(0, frame.height, _CHUNK):
        values = standard.slice(start, _CHUNK).fill_null(float("nan")).to_numpy()
        known = np.isfinite(values).astype(np.float64)
        filled = np.where(known == 1, values, 0.0)
        pairs += known.T @ known
        sums += filled.T @ known
        squares += (filled**2).T @ known
        products += filled.T @ filled
    with np.errstate(all="ignore"):
        covariance = products - sums * sums.T / pairs
        spread = squares - sums**2 / pairs
        still = (spread < _SPECK * pairs) | (pairs < FEWEST_TOGETHER)
        return np.where(still | still.T, np.nan, covariance / np.sqrt(spread * spread.T))


def _components(linked: NDArray[np.bool_]) -> list[list[int]]:
    """Sets of more than one column that links join, also through others."""
    left = set(np.flatnonzero(linked.any(axis=0)).tolist())
    found = []
    while left:
        reached, fresh = set(), {left.pop()}
        while fresh:
            reached |= fresh
            fresh = set(np.flatnonzero(linked[sorted(fresh)].any(axis=0)).tolist()) - reached
        left -= reached
        found.append(sorted(reached))
    return found


def _group(names: Sequence[str], strength: Floats, linked: NDArray[np.bool_], members: list[int]) -> Group:
    inside = np.ix_(members, members)
    return Group(tuple(names[member] for member in members), float(strength[inside][linked[inside]].min()))
