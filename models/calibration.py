"""Calibration by a logistic (Platt) map: it keeps the log-odds of PD linear in the raw score.

A linear map is what keeps contributions exact: each one is multiplied by the slope and nothing else happens.
An isotonic map would fit more shapes and break every reason.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.sign_constrained import fit_logistic

Floats = NDArray[np.float64]

_SURE = 1e-9
"""Probabilities nearer to 0 or 1 than this are taken as this near: their log-odds stay finite."""


@dataclass(frozen=True)
class Platt:
    """log-odds of default = intercept + slope x raw."""

    intercept: float
    slope: float

    def log_odds(self, raw: Floats) -> Floats:
        return self.intercept + self.slope * raw

    def pd(self, raw: Floats) -> Floats:
        return 1 / (1 + np.exp(-self.log_odds(raw)))


def fit_platt(
    raw: Floats, target: Floats, weight: Floats | None = None, *, rising: bool = False, penalty: float = 1e-6
) -> Platt:
    """The weighted line through raw scores that best tells defaulters.

    rising: forbid a negative slope, which would turn every reason round.
    penalty: on the squared slope; it keeps the slope finite where few defaults separate perfectly.
    """
    intercept, coefficients = fit_logistic(
        raw[:, None], target, weight, penalty=penalty, signs=np.full(1, float(rising))
    )
    return Platt(intercept, float(coefficients[0]))


def logit(probability: Floats) -> Floats:
    """Log-odds of a probability."""
    inside = np.clip(probability, _SURE, 1 - _SURE)
    return np.asarray(np.log(inside / (1 - inside)))
