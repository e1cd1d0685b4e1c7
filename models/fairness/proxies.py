"""Proxies: how much each input of a model, and its score, tells of a trait that no feature may carry."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.stats import rankdata

from models.columns import Column, Columns
from models.fairness.shares import FEWEST_FIRMS, Flags, Floats

SCORE = "score"


@dataclass(frozen=True)
class Association:
    """How strongly something goes with belonging to a group, 0 to 1, with its interval."""

    what: str
    value: float
    low: float
    high: float


def associations(columns: Columns, frame: pl.DataFrame, score: Floats, member: Flags, z: float) -> list[Association]:
    """Of every feature and of the score, the strongest first. One row a firm, or the intervals say too much.

    A number by its ranks, a category by what its values tell together, and whether a value is known at all; the
    strongest of these counts.
    """
    matrix, inside = columns.matrix(frame), member.astype(np.float64)
    found = [_of_column(column, matrix[:, place], inside, z) for place, column in enumerate(columns.columns)]
    found.append(_interval(SCORE, _correlation(rankdata(score), inside), len(inside), z))
    return sorted(found, key=lambda one: (-one.value, one.what))


def _of_column(column: Column, values: Floats, inside: Floats, z: float) -> Association:
    strongest = max(_strengths(column, values, inside), key=lambda found: found[0], default=(0.0, len(inside)))
    return _interval(column.name, *strongest, z)


def _strengths(column: Column, values: Floats, inside: Floats) -> Iterator[tuple[float, int]]:
    """Each way a column may tell the group: how strongly, and by how many rows.

    By its values only where enough firms inside the group and outside have one: of two firms any value tells all.
    """
    known = np.isfinite(values)
    yield _correlation(known.astype(np.float64), inside), len(inside)
    if fewest(inside[known] > 0) >= FEWEST_FIRMS:
        tell = _of_categories if column.categories is not None else _of_ranks
        yield tell(values[known], inside[known]), int(known.sum())


def fewest(member: Flags) -> int:
    """How many are on the smaller side: inside the group, or outside."""
    return min(int(member.sum()), int((~member).sum()))


def _of_ranks(values: Floats, inside: Floats) -> float:
    return _correlation(rankdata(values), inside)


def _of_categories(values: Floats, inside: Floats) -> float:
    """The multiple correlation with the categories, less what as many made-up ones would reach (adjusted)."""
    group = np.unique(values, return_inverse=True)[1]
    means = np.bincount(group, inside) / np.bincount(group)
    rows, free = len(inside), len(means) - 1
    if rows - free < 2 or inside.var() == 0:
        return 0.0
    explained = float(means[group].var() / inside.var())
    return math.sqrt(max(0.0, 1 - (1 - explained) * (rows - 1) / (rows - free - 1)))


def _correlation(one: Floats, other: Floats) -> float:
    """Its size without its sign; 0 where either side does not vary."""
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return abs(float(np.corrcoef(one, other)[0, 1]))


def _interval(what: str, value: float, rows: int, z: float) -> Association:
    """Fisher's interval."""
    centre, half = math.atanh(min(value, 1 - 1e-12)), z / math.sqrt(max(rows - 3, 1))
    return Association(what, value, max(0.0, math.tanh(centre - half)), math.tanh(centre + half))
