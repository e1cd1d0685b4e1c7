"""What an enterprise can do for a better score: searched over the model's own turning points, scored by the model."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat

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
    steps, trials = list[Step](), _trials(model, row, changes)
    while len(steps) < MOST_STEPS and trials:
        tried = [found for found in map(_outcome, trials, _scores(model, trials), repeat(score)) if found is not None]
        if not tried:
            break
        best = min(tried, key=lambda step: (-step.score_after, step.change.months, step.change.feature))
        moved = {places[name]: to for name, to in {best.change.feature: best.to, **best.also}.items()}
        for place, to in moved.items():
            row[place] = to
        trials = [then for one in trials if one.change is not best.change for then in _then(model, row, one, moved)]
        score = best.score_after
        steps.append(best)
    return tuple(steps)


@dataclass(frozen=True)
class _Trial:
    """A change that would better a row, tried at several values, the nearest first. rows: the row with each of them."""

    change: Change
    value: float
    also: Mapping[str, float]
    targets: Sequence[float]
    rows: Floats


def _trials(model: ScoringModel, row: Floats, changes: Sequence[Change]) -> list[_Trial]:
    return [_trial(model, row, change) for change in changes if _is_worse(model, row, change.feature, change.to)]


def _trial(model: ScoringModel, row: Floats, change: Change) -> _Trial:
    places = model.columns.places
    value, also = float(row[places[change.feature]]), _together(model, row, change)
    targets = [change.to] if change.also else _targets(model, change, value)
    rows = np.empty((len(targets), len(row)))
    rows[:] = row
    rows[:, places[change.feature]] = targets
    for name, to in also.items():
        rows[:, places[name]] = to
    return _Trial(change, value, also, targets, rows)


def _then(model: ScoringModel, row: Floats, trial: _Trial, moved: Mapping[int, float]) -> list[_Trial]:
    """A trial once a step was done: on the row as it is then, or none where it would no longer better it.

    moved: what the step moved, by place; where the trial moves none of that, its values stay the same.
    """
    if not moved.keys().isdisjoint(model.columns.places.get(name) for name in trial.change.moves):
        return _trials(model, row, [trial.change])
    for place, to in moved.items():
        trial.rows[:, place] = to
    return [trial]


def _scores(model: ScoringModel, trials: Sequence[_Trial]) -> Iterator[list[int]]:
    """The scores of each trial's rows: all in one pass, their parts checked as those of every answer."""
    raw = model.points(np.concatenate([one.rows for one in trials]))[0]
    scores = iter(model.scale.scores(model.calibration.log_odds(raw)).tolist())
    for one in trials:
        yield list(islice(scores, len(one.targets)))


def _outcome(trial: _Trial, scores: Sequence[int], before: int) -> Step | None:
    """The least effort that brings nearly all a change can bring; None where it brings no point."""
    most = max(scores) - before
    if most <= 0:
        return None
    enough = before + math.ceil(_NEARLY_ALL * most)
    to, score = next((to, score) for to, score in zip(trial.targets, scores, strict=True) if score >= enough)
    return Step(trial.change, trial.value, to, trial.also, score)


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
