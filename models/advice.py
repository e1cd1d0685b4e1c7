"""What an enterprise can do for a better score: searched over the model's own turning points, scored by the model."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from models.changes import Change
from models.columns import Value
from models.scoring import ScoringModel

Floats = NDArray[np.float64]

MOST_STEPS = 3
"""More than a few things to do are no advice."""
_NEARLY_ALL = 0.9
"""Of the points a change can bring: the nearest value that brings these is asked for, and no further effort."""


@dataclass(frozen=True)
class Step:
    """One thing to do. score_after: what the model says once this step and those before it are done.

    also: what other features reach with it.
    """

    change: Change
    value: float
    to: float
    also: Mapping[str, float]
    score_after: int


def advise(model: ScoringModel, values: Mapping[str, Value], score: int, changes: Sequence[Change]) -> tuple[Step, ...]:
    """At most three steps that raise a score, each the most helpful after those before it; none where none helps.

    Every step is scored again by the whole model, together with those before it.
    """
    row, places = model.columns.row(values)[0], model.columns.places
    steps, left = list[Step](), [change for change in changes if change.feature in places]
    while len(steps) < MOST_STEPS:
        tried = [found for trial in _trials(model, row, left) if (found := trial.outcome(score)) is not None]
        if not tried:
            break
        best = min(tried, key=lambda step: (-step.score_after, step.change.months, step.change.feature))
        for name, to in {best.change.feature: best.to, **best.also}.items():
            row[places[name]] = to
        score = best.score_after
        left.remove(best.change)
        steps.append(best)
    return tuple(steps)


@dataclass(frozen=True)
class _Trial:
    """A change that is tried at several values, the nearest first, and the score of each."""

    change: Change
    value: float
    also: Mapping[str, float]
    targets: Sequence[float]
    scores: NDArray[np.int64]

    def outcome(self, score: int) -> Step | None:
        """The least effort that brings nearly all a change can bring; None where it brings no point."""
        gains = self.scores - score
        if gains.max() <= 0:
            return None
        chosen = int(np.argmax(gains >= math.ceil(_NEARLY_ALL * gains.max())))
        return Step(self.change, self.value, self.targets[chosen], self.also, int(self.scores[chosen]))


def _trials(model: ScoringModel, row: Floats, changes: Sequence[Change]) -> list[_Trial]:
    """The changes that would better a row, all scored in one pass, their parts checked as those of every answer."""
    places = model.columns.places
    asked = [
        (change, float(row[places[change.feature]]), _together(model, row, change))
        for change in changes
        if _is_worse(model, row, change.feature, change.to)
    ]
    targets = [[change.to] if change.also else _targets(model, change, value) for change, value, _ in asked]
    if not asked:
        return []
    rows = np.repeat(row[None], sum(map(len, targets)), axis=0)
    ends = list(accumulate(map(len, targets)))
    for (change, _, also), tried, end in zip(asked, targets, ends, strict=True):
        own = rows[end - len(tried) : end]
        own[:, places[change.feature]] = tried
        for name, to in also.items():
            own[:, places[name]] = to
    scores = model.scale.scores(model.calibration.log_odds(model.points(rows)[0]))
    return [
        _Trial(change, value, also, tried, scores[end - len(tried) : end])
        for (change, value, also), tried, end in zip(asked, targets, ends, strict=True)
    ]


def _together(model: ScoringModel, row: Floats, change: Change) -> dict[str, float]:
    """What other features reach with a change."""
    return {name: to for name, to in change.also.items() if _is_worse(model, row, name, to)}


def _targets(model: ScoringModel, change: Change, value: float) -> list[float]:
    """The values to try, the nearest first and the furthest last."""
    if model.turning is None:
        return [change.to]
    turns = model.turning.turns[model.columns.places[change.feature]]
    passed = turns.below(value) if change.to < value else turns.above(value)
    nearer = passed[np.abs(passed - value) < abs(change.to - value)]
    return [*nearer.tolist(), change.to]


def _is_worse(model: ScoringModel, row: Floats, feature: str, to: float) -> bool:
    """Whether a known number lies on the risky side of what can be reached; sign +1: more is riskier."""
    place = model.columns.places.get(feature)
    return place is not None and (row[place] - to) * model.columns.columns[place].sign > 0
