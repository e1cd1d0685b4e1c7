"""Models in which each column adds its part whatever the others say: all parts of a row in one compiled pass.

A column's part is a broken line over its knots (logistic models), a step at each cut (scorecards, EBMs), or a number
for each category. The same pass serves one row in microseconds, where a call of NumPy for each column takes most of a
millisecond, and many rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bureau.compiling import compiled

Floats = NDArray[np.float64]

_LINE, _STEPS, _LEVELS = 0, 1, 2


@dataclass(frozen=True)
class Line:
    """(rank - centre) / spread x weight, where rank lies on the line through (knots, ranks); a missing value adds 0."""

    knots: tuple[float, ...]
    ranks: tuple[float, ...]
    centre: float
    spread: float
    weight: float


@dataclass(frozen=True)
class Steps:
    """cuts: rising, each the last value of its step. parts: one a step, and last of a missing value."""

    cuts: tuple[float, ...]
    parts: tuple[float, ...]


@dataclass(frozen=True)
class Levels:
    """parts: one a category, and last of a missing value or of a category never seen."""

    parts: tuple[float, ...]


Course = Line | Steps | Levels


class Additive:
    """The courses of all columns, laid flat. Read only: safe to share between threads."""

    def __init__(self, intercept: float, courses: Sequence[Course]) -> None:
        laid = [_lay(course) for course in courses]
        self._intercept = intercept
        self._kinds = np.array([kind for kind, *_ in laid], np.int64)
        self._cuts, self._cuts_of = _flat([at for _, at, _, _ in laid])
        self._parts, self._parts_of = _flat([parts for _, _, parts, _ in laid])
        self._scales = np.array([scale for *_, scale in laid], np.float64).reshape(-1, 3)

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Raw log-odds (n,) and parts (n, features + 1), of which the last is the intercept."""
        rows = np.ascontiguousarray(matrix, np.float64)
        raw, parts = np.empty(len(rows)), np.empty((len(rows), len(self._kinds) + 1))
        laid = (self._kinds, self._cuts_of, self._parts_of, self._cuts, self._parts, self._scales)
        _add_up(rows, self._intercept, laid, raw, parts)
        return raw, parts


def _lay(course: Course) -> tuple[int, Sequence[float], Sequence[float], tuple[float, float, float]]:
    """Kind, cuts, parts, and what a place on a line is scaled by."""
    match course:
        case Line():
            return _LINE, course.knots, course.ranks, (course.centre, course.spread, course.weight)
        case Steps():
            return _STEPS, course.cuts, course.parts, (0.0, 1.0, 1.0)
        case Levels():
            return _LEVELS, (), course.parts, (0.0, 1.0, 1.0)


def _flat(columns: Sequence[Sequence[float]]) -> tuple[Floats, NDArray[np.int64]]:
    """The numbers of all columns, and where each column's begin and the last one's end."""
    ends = np.cumsum([0, *map(len, columns)]).astype(np.int64)
    return np.array([number for column in columns for number in column], np.float64), ends


def _add(matrix: Any, intercept: Any, laid: Any, raw: Any, parts: Any) -> None:
    kinds, cuts_of, parts_of, all_cuts, all_parts, scales = laid
    for r in range(matrix.shape[0]):
        total = intercept
        for j in range(kinds.size):
            cuts, told = all_cuts[cuts_of[j] : cuts_of[j + 1]], all_parts[parts_of[j] : parts_of[j + 1]]
            value, part, last = matrix[r, j], 0.0, told.size - 1
            missing = np.isnan(value)
            if kinds[j] == _LINE:
                if not missing:
                    # As `numpy.interp` reckons it, so that fitting and serving agree to the last bit.
                    k = np.searchsorted(cuts, value, side="right") - 1
                    if k < 0:
                        rank = told[0]
                    elif k == last or cuts[k] == value:
                        rank = told[k]
                    else:
                        rank = (told[k + 1] - told[k]) / (cuts[k + 1] - cuts[k]) * (value - cuts[k]) + told[k]
                    part = (rank - scales[j, 0]) / scales[j, 1] * scales[j, 2]
            elif kinds[j] == _STEPS:
                part = told[last if missing else min(np.searchsorted(cuts, value, side="left"), last)]
            else:
                part = told[last if missing or not 0 <= value < last else int(value)]
            parts[r, j] = part
            total += part
        parts[r, kinds.size] = intercept
        raw[r] = total


_add_up = compiled(_add)
