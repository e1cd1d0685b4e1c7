"""What a contest came to: figures of each contender on each set, and how they stand to one another."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.evaluation import evaluate_pd
from models.real.contenders import OURS, OWN, PLAIN

Floats = NDArray[np.float64]
Stand = Literal["better", "worse", "even"]

WITHIN = 0.01
"""How far below the best other ours may lie, in AUC."""


@dataclass(frozen=True)
class Measures:
    """Weighted where a set has weights. slope: of the outcome on the log-odds of the PD; 1 is right."""

    auc: float
    ks: float
    brier: float
    slope: float


CALIBRATION: dict[str, Callable[[Measures], float]] = {
    "Brier": lambda one: one.brier,
    "slope": lambda one: abs(one.slope - 1),
}
"""What calibration is judged by; less is better."""


@dataclass(frozen=True)
class SetMeasured:
    """One set: how many rows were judged, and every contender's figures, a run each, by name."""

    name: str
    rows: int
    runs: dict[str, tuple[Measures, ...]]

    @cached_property
    def contenders(self) -> dict[str, Measures]:
        """Means over the runs."""
        return {name: mean_of(some) for name, some in self.runs.items()}

    @property
    def best_other(self) -> str:
        own = (*OWN, PLAIN)
        return max((one for one in self.contenders if one not in own), key=lambda one: self.contenders[one].auc)

    @property
    def rivals(self) -> tuple[str, ...]:
        """All but ours, LightGBM as it comes among them."""
        return tuple(one for one in self.contenders if one not in OWN)

    def stand(self, rival: str, by: str) -> Stand:
        """How ours is calibrated beside a rival. Even: within the noise, which is the spread of the difference between
        runs of other seeds, and where one run tells of none."""
        told = CALIBRATION[by]
        more = [told(other) - told(ours) for ours, other in zip(self.runs[OURS], self.runs[rival], strict=True)]
        mean, noise = float(np.mean(more)), float(np.std(more, ddof=1)) if len(more) > 1 else math.inf
        return "even" if abs(mean) <= noise else "better" if mean > 0 else "worse"

    def line(self) -> dict[str, Any]:
        """The set's object in the file."""
        best = self.best_other
        return {
            "set": self.name,
            "rows": self.rows,
            "ours": asdict(self.contenders[OURS]),
            "best_other": asdict(self.contenders[best]) | {"name": best},
            "lightgbm_default": asdict(self.contenders[PLAIN]),
        }


def measure(pd: Floats, target: Floats, weight: Floats) -> Measures:
    """The figures of one set of probabilities."""
    found = evaluate_pd(pd, target, weight)
    return Measures(found.auc.value, found.ks, found.brier, found.calibration_slope)


def mean_of(measures: Sequence[Measures]) -> Measures:
    """The mean over seeds."""
    told = np.mean([(one.auc, one.ks, one.brier, one.slope) for one in measures], axis=0)
    return Measures(*map(float, told))


def as_json(sets: Sequence[SetMeasured]) -> str:
    """The file's text."""
    return json.dumps([one.line() for one in sets], ensure_ascii=False, indent=1) + "\n"
