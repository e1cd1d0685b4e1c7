"""Reasons: exact contributions in points, gathered by reason code, in sentences with the values they rest on.

base points + every reason + other points = score, as whole numbers. `other` is what is left of the exact
contributions: reasons too small or too many to tell, features without a code of their own here, rounding, and
the ends of the scale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bureau.compiling import compiled
from models.columns import Value
from models.wording import Words

ADVERSE_TOLD = 4
"""More than four principal reasons do not help the reader (12 CFR 1002.9, official interpretation)."""
FAVOURABLE_TOLD = 2
_LEAST = 0.5
"""Points above which a part counts: half a point rounds to none."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Direction = Literal["adverse", "favourable"]


@dataclass(frozen=True)
class FeatureValue:
    """A feature behind a reason.

    threshold: the nearest value at which the feature would no longer pull the reason's way, all else as it is; None
    where there is none. peer_median: of the firms the model was trained on. Both None unless `compared_reasons` adds
    them.
    """

    name: str
    value: Value
    unit: str
    threshold: float | None = None
    peer_median: float | None = None


@dataclass(frozen=True)
class ToldReason:
    """A reason in words: adverse ones have points below zero, favourable ones above.

    features: those that pull the reason's way, strongest first; the text speaks of the first.
    """

    code: str
    direction: Direction
    points: int
    text: str
    text_en: str
    features: tuple[FeatureValue, ...]


class ScoredReason(NamedTuple):
    """A reason as a score finds it: a code, its points, never zero, and what pulls its way, strongest first.

    pulling: their places among the model's words, -1 after the last. values: of the row. What is said of it is put
    together when it is asked for: a caller may want codes alone.
    """

    code: str
    points: int
    pulling: Sequence[int]
    words: tuple[Words, ...]
    values: Mapping[str, Value]

    @property
    def direction(self) -> Direction:
        return "adverse" if self.points < 0 else "favourable"

    @property
    def features(self) -> tuple[FeatureValue, ...]:
        behind = [self.words[place] for place in self.pulling if place >= 0]
        return tuple(FeatureValue(words.name, self.values[words.name], words.unit) for words in behind)

    @property
    def sentences(self) -> tuple[str, str]:
        """Chinese and English, in the words of the feature that pulls hardest."""
        words = self.words[self.pulling[0]]
        return words.sentences(self.values[words.name], adverse=self.points < 0)

    @property
    def text(self) -> str:
        return self.sentences[0]

    @property
    def text_en(self) -> str:
        return self.sentences[1]

    def told(self) -> ToldReason:
        """The reason in words, its features held against nothing."""
        return ToldReason(self.code, self.direction, self.points, *self.sentences, self.features)


@dataclass(frozen=True)
class Principal:
    """The reasons worth telling of n rows: adverse first, strongest first, equal ones by code, none without points.

    facts (n, 6, 2 + most): of each reason its code, its points and what pulls its way.
    """

    facts: Ints

    @property
    def codes(self) -> Ints:
        """(n, 6): places in `ReasonCodes.codes`, adverse ones in the first four; -1 where there are fewer."""
        return self.facts[:, :, 0]

    @property
    def points(self) -> Ints:
        """(n, 6): whole points, 0 where there is no reason."""
        return self.facts[:, :, 1]

    @property
    def pulling(self) -> Ints:
        """(n, 6, most): places of the features that pull a code's way, strongest first, equal ones by name: the leader,
        and all others that count a point; -1 after the last."""
        return self.facts[:, :, 2:]


@dataclass(frozen=True)
class ReasonCodes:
    """A model's features gathered by reason code: what one code's features add up to is one reason."""

    words: tuple[Words, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Each code once, in alphabetical order, by which equal reasons are told."""
        return tuple(sorted({word.code for word in self.words}))

    def principal(self, points: Floats) -> Principal:
        """The reasons worth telling, from points (n, features), negative where a feature costs."""
        return Principal(self._facts(points))

    def reasons(self, points: Floats, rows: Sequence[Mapping[str, Value]]) -> list[tuple[ScoredReason, ...]]:
        """The reasons of each row, from points and the values they are of."""
        names, words = self.codes, self.words
        return [
            tuple([ScoredReason(names[one[0]], one[1], one[2:], words, values) for one in told if one[0] >= 0])
            for told, values in zip(self._facts(points).tolist(), rows, strict=True)
        ]

    def _facts(self, points: Floats) -> Ints:
        """Of `Principal`."""
        order, begins, most = self._members
        facts = np.empty((len(points), ADVERSE_TOLD + FAVOURABLE_TOLD, 2 + most), np.int64)
        _choose_reasons(points, order, begins, facts)
        return facts

    @cached_property
    def _members(self) -> tuple[Ints, Ints, int]:
        """The places of features code by code and by name, where each code's begin, and the most that one has."""
        members = [[i for i, word in enumerate(self.words) if word.code == code] for code in self.codes]
        by_name = [sorted(places, key=lambda place: self.words[place].name) for places in members]
        sizes = [len(places) for places in by_name]
        order = np.array([place for places in by_name for place in places], np.int64)
        return order, np.cumsum([0, *sizes]).astype(np.int64), max(sizes, default=1)


def _let_in(points: Any, way: Any, places: Any, pulling: Any) -> None:
    """Put the places that pull a way in order: each is let in before those that pull less."""
    size = 0
    for place in places:
        if points[place] * way > 0:
            at = size
            while at > 0 and points[pulling[at - 1]] * way < points[place] * way:
                pulling[at] = pulling[at - 1]
                at -= 1
            pulling[at] = place
            size += 1
    while size > 1 and points[pulling[size - 1]] * way <= _LEAST:
        size -= 1
        pulling[size] = -1


_pull = compiled(_let_in)


def _choose(points: Any, order: Any, begins: Any, facts: Any) -> None:
    totals = np.empty(begins.size - 1)
    for r in range(points.shape[0]):
        for code in range(totals.size):
            totals[code] = 0.0
            for place in order[begins[code] : begins[code + 1]]:
                totals[code] += points[r, place]
        for slot in range(facts.shape[1]):
            way = -1.0 if slot < ADVERSE_TOLD else 1.0
            chosen, most = -1, _LEAST
            for code in range(totals.size):
                if totals[code] * way > most:
                    chosen, most = code, totals[code] * way
            facts[r, slot, 1] = 0
            facts[r, slot, 2:] = -1
            facts[r, slot, 0] = chosen
            if chosen >= 0:
                facts[r, slot, 1] = np.int64(np.rint(totals[chosen]))
                totals[chosen] = 0.0
                _pull(points[r], way, order[begins[chosen] : begins[chosen + 1]], facts[r, slot, 2:])


_choose_reasons = compiled(_choose)
