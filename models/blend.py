"""Several predictors as one: a sum with weights that are never negative, so that parts stay exact and signs hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import fit_platt
from models.predictor import Predictor
from models.sign_constrained import fit_logistic

Floats = NDArray[np.float64]

_PENALTY = 10.0
"""On squared weights of members of like spread: members that say the same share the weight."""


@dataclass(frozen=True)
class Blend:
    """raw = the sum of the members' raw log-odds, each times its weight. weights: one a member, at or above zero."""

    members: tuple[Predictor, ...]
    weights: tuple[float, ...]
    kind: str = "blend"

    def raw(self, matrix: Floats) -> Floats:
        return np.asarray(sum(w * one.raw(matrix) for one, w in self._weighed()) + np.zeros(len(matrix)))

    def parts(self, matrix: Floats) -> tuple[Floats, Floats]:
        raw, parts = np.zeros(len(matrix)), np.zeros((len(matrix), matrix.shape[1] + 1))
        for one, w in self._weighed():
            told, apart = one.parts(matrix)
            raw, parts = raw + w * told, parts + w * apart
        return raw, parts

    def _weighed(self) -> list[tuple[Predictor, float]]:
        return list(zip(self.members, self.weights, strict=True))


def weigh(unseen: Sequence[Floats], target: Floats, weight: Floats) -> tuple[float, ...]:
    """Weights of members that best tell defaulters, by scores of fits that had not seen the rows.

    A member whose scores do not rise with risk weighs nothing. They add up to one at most: a blend's log-odds lie no
    further apart than its members', and a calibration says how far.
    """
    slopes = np.array([fit_platt(raw, target, weight, rising=True).slope for raw in unseen])
    scaled = np.column_stack([slope * (raw - raw.mean()) for slope, raw in zip(slopes, unseen, strict=True)])
    spread = float(scaled.std(axis=0)[slopes > 0].mean()) if (slopes > 0).any() else 1.0
    signs = np.ones(len(slopes))
    _, weights = fit_logistic(scaled / (spread or 1.0), target, weight, penalty=_PENALTY, signs=signs)
    found = weights / (spread or 1.0) * slopes
    return tuple(map(float, found / max(1.0, found.sum())))
