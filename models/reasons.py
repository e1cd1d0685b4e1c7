"""Reasons: exact contributions in points, gathered by reason code, in sentences with the values they rest on.

base points + every reason + other points = score, as whole numbers. `other` is what is left of the exact
contributions: reasons too small or too many to tell, features without a code of their own here, rounding, and
the ends of the scale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.columns import Value
from models.wording import Words

ADVERSE_TOLD = 4
"""More than four principal reasons do not help the reader (12 CFR 1002.9, official interpretation)."""
FAVOURABLE_TOLD = 2

Floats = NDArray[np.float64]
Direction = Literal["adverse", "favourable"]


@dataclass(frozen=True)
class FeatureValue:
    """A feature behind a reason.

    threshold: the nearest value at which the feature would no longer pull the reason's way, all else as it is; None
    where there is none. peer_median: of the firms the model was trained on. Both None until `compared_reasons` adds
    them.
    """

    name: str
    value: Value
    unit: str
    threshold: float | None = None
    peer_median: float | None = None


@dataclass(frozen=True)
class ScoredReason:
    """One reason: adverse ones have points below zero, favourable ones above, and none has zero.

    features: those that pull the reason's way, strongest first; the text speaks of the first.
    """

    code: str
    direction: Direction
    points: int
    text: str
    text_en: str
    features: tuple[FeatureValue, ...]


@dataclass(frozen=True)
class ReasonCodes:
    """A model's features gathered by reason code: what one code's features add up to is one reason."""

    words: tuple[Words, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Each code once, in alphabetical order, by which equal reasons are told."""
        return tuple(sorted({word.code for word in self.words}))

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """By code: the places of its features."""
        return tuple(tuple(i for i, word in enumerate(self.words) if word.code == code) for code in self.codes)

    def totals(self, points: Floats) -> Floats:
        """(n, codes): what each code adds, from points (n, features). A row adds up the same alone and among others."""
        if not self.codes:
            return np.zeros((len(points), 0))
        order, begins = self._order
        return np.asarray(np.add.reduceat(points[:, order], begins, axis=1))

    @cached_property
    def _order(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The places of features code by code, and where each code's begin."""
        order = np.array([place for places in self.members for place in places])
        return order, np.cumsum([0, *map(len, self.members[:-1])])

    def told(self, totals: Sequence[float]) -> list[int]:
        """The codes of one row worth telling: adverse ones first, strongest first; none that rounds to no point."""
        counted = [code for code, total in enumerate(totals) if round(total)]
        adverse = sorted((c for c in counted if totals[c] < 0), key=totals.__getitem__)
        favourable = sorted((c for c in counted if totals[c] > 0), key=lambda code: -totals[code])
        return adverse[:ADVERSE_TOLD] + favourable[:FAVOURABLE_TOLD]

    def pulling(self, code: int, points: Sequence[float], total: float) -> list[int]:
        """The features that pull a code's way, strongest first: the leader, and all others that count a point."""
        pulling = [place for place in self.members[code] if points[place] * total > 0]
        pulling.sort(key=lambda place: (-abs(points[place]), self.words[place].name))
        return pulling[:1] + [place for place in pulling[1:] if round(points[place])]


def principal_reasons(
    codes: ReasonCodes, values: Mapping[str, Value], points: Sequence[float], totals: Sequence[float]
) -> tuple[ScoredReason, ...]:
    """The reasons worth telling of one row, adverse ones first, strongest first; equal ones by code.

    points: of each feature, exact, negative where it costs; totals: by code.
    """
    return tuple(
        _tell(codes, code, codes.pulling(code, points, totals[code]), values, totals[code])
        for code in codes.told(totals)
    )


def _tell(
    codes: ReasonCodes, code: int, pulling: Sequence[int], values: Mapping[str, Value], total: float
) -> ScoredReason:
    """The reason of a code, in the words of the feature that pulls hardest its way."""
    adverse, words = total < 0, [codes.words[place] for place in pulling]
    text, text_en = words[0].sentences(values[words[0].name], adverse=adverse)
    return ScoredReason(
        code=codes.codes[code],
        direction="adverse" if adverse else "favourable",
        points=round(total),
        text=text,
        text_en=text_en,
        features=tuple(FeatureValue(word.name, values[word.name], word.unit) for word in words),
    )
