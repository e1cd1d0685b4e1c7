"""AUC of several scores over the same resampled firms, so that the error of a difference is the difference's own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.cross_validation import Rows
from models.worth.figures import Figure

Floats = NDArray[np.float64]

REPEATS = 200
_SEED = 20_230_430


@dataclass(frozen=True)
class Judged:
    """AUCs on all rows, then in each repeat. chance: variance that the chance in fitting leaves in them."""

    aucs: Floats
    chance: float = 0.0

    def __sub__(self, other: "Judged") -> "Judged":
        return Judged(self.aucs - other.aucs, self.chance + other.chance)

    @property
    def figure(self) -> Figure:
        """The value on all rows; its error is the spread of the repeats, and of fits."""
        error = np.sqrt(np.nanvar(self.aucs[1:], ddof=1) + self.chance)
        return Figure(value=round(float(self.aucs[0]), 5), error=round(float(error), 5))


@dataclass(frozen=True)
class Resamples:
    """Judged rows, and how often each firm is drawn in each repeat: (repeats, firms)."""

    rows: Rows
    firm: NDArray[np.int64]
    drawn: NDArray[np.uint8]

    def judge(self, scores: Sequence[Floats]) -> Judged:
        """The mean AUC of the scores that one recipe gave by different chance."""
        aucs = np.array([self._aucs(score) for score in scores])
        chance = float(aucs[:, 0].var(ddof=1)) / len(scores) if len(scores) > 1 else 0.0
        return Judged(aucs.mean(axis=0), chance)

    def _aucs(self, score: Floats) -> Floats:
        places, place = np.unique(score, return_inverse=True)
        found = [_auc(place, len(places), self.rows, self.rows.weight)]
        for times in self.drawn:
            found.append(_auc(place, len(places), self.rows, self.rows.weight * times[self.firm]))
        return np.array(found)


def resample(rows: Rows, repeats: int = REPEATS, seed: int = _SEED) -> Resamples:
    """As many firms as there are, drawn with replacement; a firm brings all its loans."""
    firms, firm = np.unique(rows.firm, return_inverse=True)
    random, many = np.random.default_rng(seed), len(firms)
    drawn = [np.bincount(random.integers(0, many, many), minlength=many) for _ in range(repeats)]
    return Resamples(rows, firm.astype(np.int64), np.array(drawn, dtype=np.uint8))


def _auc(place: NDArray[np.int64], places: int, rows: Rows, weight: Floats) -> float:
    """Of a score given by the places of its values in order; nan where one kind was not drawn."""
    bad = np.bincount(place, weight * rows.target, places)
    good = np.bincount(place, weight * (1 - rows.target), places)
    pairs = bad.sum() * good.sum()
    below = np.cumsum(good) - good / 2
    return float(bad @ below / pairs) if pairs else float("nan")
