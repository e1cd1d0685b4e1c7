"""Values at which a model's answer may turn: a tree's thresholds, a logistic model's knots, as a person would say them.

A threshold of 3,214,567.5 fen is said as 3.3万元 to whoever lies below and 3.2万元 to whoever lies above: rounded to
what is shown of the unit, away from the reader, so that what is said is true of the model to the last digit.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GRAINS = {"share": 0.001, "change": 0.001, "bp": 10.0, "times": 0.01}
"""The least difference that is shown of a unit; of others a whole one."""


@runtime_checkable
class Turning(Protocol):
    """A predictor whose parts turn at values that can be listed."""

    def cuts(self, feature: int) -> Floats:
        """The values of one feature at which its part may change its course, rising; empty for a category."""
        ...

    def parts_at(self, feature: int, row: Floats, values: Floats) -> Floats:
        """The part of one feature (n,) if it had each of some values and the rest of the row (features,) stayed."""
        ...


@runtime_checkable
class Separate(Turning, Protocol):
    """One whose parts each follow from their own feature alone."""

    def own_parts(self, feature: int, values: Floats) -> Floats:
        """The part of one feature (n,) at each of some values."""
        ...


_Stops = Mapping[bool, tuple[list[float], list[float]]]
"""By whether a part is above zero: the values told below cuts and above them at which it no longer is, rising."""


@dataclass(frozen=True)
class Turns:
    """The values of one feature that are told. lower: each at or below a cut. upper: each above one. Both rising."""

    lower: Floats
    upper: Floats

    def below(self, value: float) -> Floats:
        """From the nearest to the farthest below a value."""
        return self.lower[self.lower < value][::-1]

    def above(self, value: float) -> Floats:
        """From the nearest to the farthest above a value."""
        return self.upper[self.upper > value]


def turns_of(cuts: Floats, unit: str) -> Turns:
    """The values that are told of some cuts."""
    finite = [float(cut) for cut in cuts if math.isfinite(cut)]
    lower = np.unique([_below(cut, unit) for cut in finite])
    upper = np.unique([_above(cut, unit) for cut in finite])
    return Turns(lower.astype(np.float64), upper.astype(np.float64))


def _below(cut: float, unit: str) -> float:
    """A table's cut may be the last number before a round one, which then lies above it."""
    settled = _settled(cut, unit, math.floor)
    return settled if settled <= cut else _settled(cut - _grain(cut, unit), unit, math.floor)


def _above(cut: float, unit: str) -> float:
    settled = _settled(cut, unit, math.ceil)
    return settled if settled > cut else _settled(cut + _grain(cut, unit), unit, math.ceil)


def _settled(value: float, unit: str, towards: Callable[[float], int]) -> float:
    """Rounded to what is shown. LightGBM's threshold just above zero is zero."""
    if abs(value) < 1e-9:
        value = 0.0
    grain = _grain(value, unit)
    return round(towards(round(value / grain, 9)) * grain, 9)


def _grain(value: float, unit: str) -> float:
    """Money is shown in yuan, in tenths of 万元, in hundredths of 亿元."""
    if unit == "fen":
        return 1e8 if abs(value) >= 1e10 else 1e5 if abs(value) >= 1e6 else 100.0
    return _GRAINS.get(unit, 1.0)


@dataclass(frozen=True)
class TurningPoints:
    """Where the parts of one model's features turn. By place of the feature: units, and signs as of `Column`."""

    predictor: Turning
    units: tuple[str, ...]
    signs: tuple[int, ...]

    @cached_property
    def turns(self) -> Mapping[int, Turns]:
        return {place: turns_of(self.predictor.cuts(place), unit) for place, unit in enumerate(self.units)}

    @cached_property
    def _stops(self) -> Mapping[int, _Stops] | None:
        """By place, of a predictor whose parts do not hang on the rest of the row: found once for all rows."""
        if not isinstance(self.predictor, Separate):
            return None
        return {place: _stops_of(self.predictor, place, turns) for place, turns in self.turns.items()}

    def nearest(self, place: int, row: Floats, part: float) -> float | None:
        """The nearest value at which a feature's part no longer has its sign, all else as it is; None without one."""
        value, pull = float(row[place]), part * self.signs[place]
        if math.isnan(value) or not part:
            return None
        below = self._below(place, row, part) if pull >= 0 else None
        above = self._above(place, row, part) if pull <= 0 else None
        if below is None or above is None:
            return above if below is None else below
        return below if value - below <= above - value else above

    def _below(self, place: int, row: Floats, part: float) -> float | None:
        if self._stops is None:
            return self._first(place, row, part, self.turns[place].below(row[place]))
        stops = self._stops[place][part > 0][0]
        at = bisect_left(stops, float(row[place]))
        return stops[at - 1] if at else None

    def _above(self, place: int, row: Floats, part: float) -> float | None:
        if self._stops is None:
            return self._first(place, row, part, self.turns[place].above(row[place]))
        stops = self._stops[place][part > 0][1]
        at = bisect_right(stops, float(row[place]))
        return stops[at] if at < len(stops) else None

    def _first(self, place: int, row: Floats, part: float, candidates: Floats) -> float | None:
        if not candidates.size:
            return None
        turned = np.flatnonzero(self.predictor.parts_at(place, row, candidates) * part <= 0)
        return float(candidates[turned[0]]) if turned.size else None


def _stops_of(predictor: Separate, place: int, turns: Turns) -> _Stops:
    sides = [(side, predictor.own_parts(place, side)) for side in (turns.lower, turns.upper)]
    falling, rising = ([side[parts * way <= 0].tolist() for side, parts in sides] for way in (-1, 1))
    return {False: (falling[0], falling[1]), True: (rising[0], rising[1])}
