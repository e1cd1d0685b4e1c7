"""What an enterprise can do for a better score: searched over the model's own turning points, scored by the model."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.changes import Change
from models.columns import Value
from models.scoring import ScoringModel

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
    then, steps, left = dict(values), list[Step](), list(changes)
    while len(steps) < MOST_STEPS:
        tried = [step for change in left if (step := _tried(model, then, score, change)) is not None]
        if not tried:
            break
        best = min(tried, key=lambda step: (-step.score_after, step.change.months, step.change.feature))
        then |= {best.change.feature: best.to, **best.also}
        score = best.score_after
        left.remove(best.change)
        steps.append(best)
    return tuple(steps)


def _tried(model: ScoringModel, values: Mapping[str, Value], score: int, change: Change) -> Step | None:
    """The least effort that brings nearly all a change can bring; None where it brings no point."""
    value, signs = values.get(change.feature), {column.name: column.sign for column in model.columns.columns}
    sign = signs.get(change.feature, 0)
    if not isinstance(value, int | float) or math.isnan(value) or (value - change.to) * sign <= 0:
        return None
    also = {name: to for name, to in change.also.items() if _is_worse(values.get(name), to, signs.get(name, 0))}
    targets = [change.to] if change.also else _targets(model, change, float(value))
    gains = _scores(model, [{**values, change.feature: to, **also} for to in targets]) - score
    if gains.max() <= 0:
        return None
    to = targets[int(np.argmax(gains >= math.ceil(_NEARLY_ALL * gains.max())))]
    after = model.score({**values, change.feature: to, **also}).score
    return Step(change, float(value), to, also, after)


def _targets(model: ScoringModel, change: Change, value: float) -> list[float]:
    """The values to try, the nearest first and the furthest last."""
    if model.turning is None:
        return [change.to]
    turns = model.turning.turns[model.features.index(change.feature)]
    passed = turns.below(value) if change.to < value else turns.above(value)
    nearer = passed[np.abs(passed - value) < abs(change.to - value)]
    return [*nearer.tolist(), change.to]


def _scores(model: ScoringModel, rows: Sequence[Mapping[str, Value]]) -> NDArray[np.int64]:
    """The scores of some rows, their parts checked as those of every answer."""
    raw = model.points(np.concatenate([model.columns.row(row) for row in rows]))[0]
    return model.scale.scores(model.calibration.log_odds(raw))


def _is_worse(value: Value, to: float, sign: int) -> bool:
    """Whether a known number lies on the risky side of what can be reached; sign +1: more is riskier."""
    return isinstance(value, int | float) and (value - to) * sign > 0
