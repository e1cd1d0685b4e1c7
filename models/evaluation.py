"""How good a probability of default is: separation, calibration and gain over a constant, each with weights.

Arrays are float64 (n,): `score` rises with risk, `target` is 0 or 1, `weight` restores the population, and
`cluster` numbers the enterprise behind each row, because two loans of one firm are not two firms.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calibration import fit_platt, logit

Floats = NDArray[np.float64]

NORMAL_95 = 1.959963984540054
"""Two-sided 95% point of the normal distribution."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95% interval."""

    value: float
    low: float
    high: float

    def contains(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.value:.3f} (95% interval {self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Figures:
    """What one set of predictions earns.

    rows, defaults: counts, without weights.
    ks: largest distance between the two cumulative distributions.
    brier, brier_constant: mean squared error of the PD, and of one rate for everybody: that of the training day,
    or the judged rows' own where none was known before.
    calibration_slope, calibration_intercept: of the default on the log-odds of the PD; 1 and 0 are right.
    """

    rows: int
    defaults: int
    base_rate: float
    mean_pd: float
    auc: Interval
    ks: float
    brier: float
    brier_constant: float
    calibration_slope: float
    calibration_intercept: float


def evaluate_pd(
    pd: Floats,
    target: Floats,
    weight: Floats | None = None,
    cluster: NDArray[Any] | None = None,
    *,
    constant: Floats | float | None = None,
) -> Figures:
    """Every figure of a set of probabilities of default.

    constant: the rate of defaults known on the training day; of each row where its own outcome is left out of it.
    """
    w = np.ones(len(target)) if weight is None else weight
    base_rate = float(np.average(target, weights=w))
    calibration = fit_platt(logit(pd), target, w)
    return Figures(
        rows=len(target),
        defaults=int(target.sum()),
        base_rate=base_rate,
        mean_pd=float(np.average(pd, weights=w)),
        auc=auc_interval(pd, target, w, cluster),
        ks=largest_gap(pd, target, w),
        brier=brier_score(pd, target, w),
        brier_constant=brier_score(base_rate if constant is None else constant, target, w),
        calibration_slope=calibration.slope,
        calibration_intercept=calibration.intercept,
    )


def brier_score(pd: Floats | float, target: Floats, weight: Floats) -> float:
    """The weighted mean squared error of probabilities, or of one for all."""
    return float(np.average((pd - target) ** 2, weights=weight))


def weighted_auc(score: Floats, target: Floats, weight: Floats | None = None) -> float:
    """Chance that a defaulter scores above a non-defaulter, ties counted half; nan where one kind is absent."""
    bad, good, w_bad, w_good = _split(score, target, weight)
    if not len(bad) or not len(good):
        return float("nan")
    return float(np.average(_share_below(bad, good, w_good), weights=w_bad))


def auc_interval(
    score: Floats, target: Floats, weight: Floats | None = None, cluster: NDArray[Any] | None = None
) -> Interval:
    """AUC with its 95% interval: DeLong's placements, weighted, summed per cluster, on the log-odds scale.

    A perfect separation has no spread to measure: its interval is that of one more pair going wrong.
    """
    auc = weighted_auc(score, target, weight)
    error = _auc_error(score, target, weight, cluster, auc)
    pairs = float(np.sum(target == 1)) * float(np.sum(target == 0))
    inside = min(max(auc, 0.5 / pairs), 1 - 0.5 / pairs)
    slope = inside * (1 - inside)
    half = NORMAL_95 * max(error, 0.5 / pairs) / slope
    centre = np.log(inside / (1 - inside))
    low, high = 1 / (1 + np.exp(-(centre - half))), 1 / (1 + np.exp(-(centre + half)))
    return Interval(auc, float(min(low, auc)), float(max(high, auc)))


def largest_gap(score: Floats, target: Floats, weight: Floats | None = None) -> float:
    """The Kolmogorov-Smirnov distance between defaulters' and others' scores."""
    bad, good, w_bad, w_good = _split(score, target, weight)
    cuts = np.unique(score)
    return float(np.max(np.abs(_share_up_to(cuts, bad, w_bad) - _share_up_to(cuts, good, w_good))))


def _auc_error(score: Floats, target: Floats, weight: Floats | None, cluster: NDArray[Any] | None, auc: float) -> float:
    """Standard error: each row's influence on the AUC, summed within its cluster, squared and summed."""
    bad, good, w_bad, w_good = _split(score, target, weight)
    influence = np.zeros(len(score))
    influence[target == 1] = w_bad * (_share_below(bad, good, w_good) - auc) / w_bad.sum()
    influence[target == 0] = w_good * (1 - _share_below(good, bad, w_bad) - auc) / w_good.sum()
    groups = np.arange(len(score)) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    sums = np.bincount(groups, influence)
    return float(np.sqrt(np.sum(sums**2) * len(sums) / max(len(sums) - 1, 1)))


def _split(score: Floats, target: Floats, weight: Floats | None) -> tuple[Floats, Floats, Floats, Floats]:
    w = np.ones(len(score)) if weight is None else weight
    return score[target == 1], score[target == 0], w[target == 1], w[target == 0]


def _share_below(at: Floats, values: Floats, weight: Floats) -> Floats:
    """For each of `at`: weighted share of `values` below it, ties counted half."""
    order = np.argsort(values, kind="stable")
    cumulative = np.concatenate([[0.0], np.cumsum(weight[order])])
    left = cumulative[np.searchsorted(values[order], at, "left")]
    right = cumulative[np.searchsorted(values[order], at, "right")]
    return np.asarray((left + right) / (2 * cumulative[-1]))


def _share_up_to(at: Floats, values: Floats, weight: Floats) -> Floats:
    order = np.argsort(values, kind="stable")
    cumulative = np.concatenate([[0.0], np.cumsum(weight[order])])
    return np.asarray(cumulative[np.searchsorted(values[order], at, "right")] / cumulative[-1])
