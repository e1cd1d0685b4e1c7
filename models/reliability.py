"""How far a probability of default may be believed: the slope and the ratio of outcomes, each with its interval.

Arrays are float64 (n,); `cluster` numbers the enterprise behind each row.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calibration import fit_platt, logit
from models.evaluation import NORMAL_95, Interval

Floats = NDArray[np.float64]


def calibration_slope(pd: Floats, target: Floats, weight: Floats, cluster: NDArray[Any] | None = None) -> Interval:
    """Slope of the default on the log-odds of the PD, with its 95% interval: 1 is right, below 1 the PD is too bold."""
    x = np.column_stack([np.ones(len(pd)), logit(pd)])
    line = fit_platt(x[:, 1], target, weight)
    expected = line.pd(x[:, 1])
    information = (x * (weight * expected * (1 - expected))[:, None]).T @ x
    scores = _sums(x * (weight * (target - expected))[:, None], cluster)
    inverse = np.linalg.pinv(information)
    half = NORMAL_95 * float(np.sqrt((inverse @ (scores.T @ scores) @ inverse)[1, 1]))
    return Interval(line.slope, line.slope - half, line.slope + half)


def observed_to_said(
    pd: Floats, target: Floats, weight: Floats, cluster: NDArray[Any] | None = None, *, width: float = NORMAL_95
) -> Interval:
    """Defaults observed for each one the PDs said, with an interval: 1 is right, below 1 the PD is too dear.

    width: of the interval in standard errors, on the scale of logarithms. Without a default the ratio is told as if
    there had been half a one of mean weight, because none of a few is no proof of safety.
    """
    said = float(weight @ pd)
    ratio = max(float(weight @ target), 0.5 * float(weight.mean())) / said
    error = float(np.sqrt(np.sum(_sums((weight * (target - ratio * pd))[:, None], cluster) ** 2))) / said
    floor = ratio * float(np.sqrt(np.sum(weight**2 * pd))) / said
    spread = width * max(error, floor) / ratio
    return Interval(ratio, float(ratio * np.exp(-spread)), float(ratio * np.exp(spread)))


def _sums(rows: Floats, cluster: NDArray[Any] | None) -> Floats:
    """Rows summed within their cluster."""
    if cluster is None:
        return rows
    groups = np.unique(cluster, return_inverse=True)[1]
    return np.column_stack([np.bincount(groups, column) for column in rows.T])
