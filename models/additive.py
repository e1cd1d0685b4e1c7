"""Models in which each column adds its part whatever the others say: all parts of a row in one compiled pass.

A column's part is a broken line over its knots (logistic models), a step at each cut (scorecards, EBMs), or a number
for each category. The same pass serves one row in microseconds, where a call of NumPy for each column takes most of a
millisecond, and many rows.

The score that the parts are held against is no sum of them: it is reckoned in another way from numbers laid out apart,
so that parts gone wrong, in memory or in their reckoning, miss it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
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
    """The courses of all columns, laid flat, and laid flat once more as log-odds at places. Read only: safe to share
    between threads."""

    def __init__(self, intercept: float, courses: Sequence[Course]) -> None:
        laid = [_lay(course) for course in courses]
        self._kinds = np.array([kind for kind, *_ in laid], np.int64)
        self._cuts, self._cuts_of = _flat([at for _, at, _, _ in laid])
        self._parts, self._parts_of = _flat([*(parts for _, _, parts, _ in laid), (intercept,)])
        self._scales = np.array([scale for *_, scale in laid], np.float64).reshape(-1, 3)
        self._kinds_apart = self._kinds.copy()
        self._places, self._places_of = _flat([at for _, at, _, _ in laid])
        self._log_odds, self._log_odds_of = _flat([*map(_log_odds, courses), (intercept,)])

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Raw log-odds (n,) and parts (n, features + 1), of which the last is the intercept; reckoned apart."""
        rows = np.ascontiguousarray(matrix, np.float64)
        raw, parts = np.empty(len(rows)), np.empty((len(rows), len(self._kinds) + 1))
        laid = (self._kinds, self._cuts_of, self._parts_of, self._cuts, self._parts, self._scales)
        apart = (self._kinds_apart, self._places_of, self._log_odds_of, self._places, self._log_odds)
        _add_up(rows, laid, apart, raw, parts)
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


def _log_odds(course: Course) -> Sequence[float]:
    """What a column adds at each of its places, on each step, or for each category; last where it is missing."""
    if isinstance(course, Line):
        return (*((rank - course.centre) / course.spread * course.weight for rank in course.ranks), 0.0)
    return course.parts


def _flat(columns: Sequence[Sequence[float]]) -> tuple[Floats, NDArray[np.int64]]:
    """The numbers of all columns, and where each column's begin and the last one's end."""
    ends = np.cumsum([0, *map(len, columns)]).astype(np.int64)
    return np.array([number for column in columns for number in column], np.float64), ends


@njit(nogil=True)
def _tell_parts(row, laid, parts):
    """The part of each column of a row, and last the intercept."""
    kinds, cuts_of, parts_of, all_cuts, all_parts, scales = laid
    for j in range(kinds.size):
        cuts, told = all_cuts[cuts_of[j] : cuts_of[j + 1]], all_parts[parts_of[j] : parts_of[j + 1]]
        value, part, last = row[j], 0.0, told.size - 1
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
        parts[j] = part
    parts[kinds.size] = all_parts[parts_of[kinds.size]]


@njit(nogil=True)
def _score(row, apart):
    """The raw log-odds of a row, by the places below each of its values and what is said there."""
    kinds, places_of, log_odds_of, places, log_odds = apart
    total = log_odds[log_odds_of[kinds.size]]
    for j in range(kinds.size):
        value, first, end, told = row[j], places_of[j], places_of[j + 1], log_odds_of[j]
        last, below = log_odds_of[j + 1] - 1, first
        if kinds[j] == _LEVELS:
            total += log_odds[told + int(value)] if 0 <= value < last - told else log_odds[last]
            continue
        if value != value:
            total += log_odds[last]
            continue
        while below < end and places[below] < value:
            below += 1
        at = told + below - first
        if kinds[j] == _STEPS:
            total += log_odds[min(at, last)]
        elif below in (first, end):
            total += log_odds[at if below == first else last - 1]
        else:
            share = (value - places[below - 1]) / (places[below] - places[below - 1])
            total += (1 - share) * log_odds[at - 1] + share * log_odds[at]
    return total


def _add(matrix: Any, laid: Any, apart: Any, raw: Any, parts: Any) -> None:
    for r in range(matrix.shape[0]):
        _tell_parts(matrix[r], laid, parts[r])
        raw[r] = _score(matrix[r], apart)


_add_up = compiled(_add)
