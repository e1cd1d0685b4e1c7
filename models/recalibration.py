"""Calibrating a finished model anew where the base rate has drifted; its order of firms and its reasons stay.

A boom or a slump moves everybody's probability together long before it changes who is riskier than whom. The line
between raw score and log-odds is therefore moved first, and turned only where the outcomes clearly say so.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calibration import Platt, fit_platt
from models.evaluation import Interval
from models.reliability import calibration_slope, observed_to_said

Floats = NDArray[np.float64]

LEAST_DEFAULTS = 20
"""Below which a drift may be seen and is not yet answered."""
LEAST_TO_TURN = 100
"""Defaults below which the slope is not touched."""


@dataclass(frozen=True)
class Recalibrated:
    """calibration: what should be used from now on, the old one where nothing has drifted. ratio: what was found.

    deed: kept | moved | turned.
    """

    calibration: Platt
    ratio: Interval
    deed: str


def recalibrate(
    old: Platt, raw: Floats, target: Floats, weight: Floats, firm: NDArray[Any] | None = None
) -> Recalibrated:
    """The calibration after the newest outcomes known. Rows: raw scores and outcomes the model was not fitted on."""
    pd = old.pd(raw)
    ratio = observed_to_said(pd, target, weight, firm)
    defaults = float(target.sum())
    if defaults < LEAST_DEFAULTS:
        return Recalibrated(old, ratio, "kept")
    if defaults >= LEAST_TO_TURN and not calibration_slope(pd, target, weight, firm).contains(1.0):
        return Recalibrated(fit_platt(raw, target, weight, rising=True), ratio, "turned")
    if ratio.contains(1.0):
        return Recalibrated(old, ratio, "kept")
    return Recalibrated(moved(old, raw, target, weight), ratio, "moved")


def moved(old: Platt, raw: Floats, target: Floats, weight: Floats) -> Platt:
    """The same slope, with the intercept at which as many defaults are said as were observed."""
    observed = float(weight @ target) / float(weight.sum())
    low, high = -30.0, 30.0  # of the move in log-odds: the intercept itself depends on the raw score's own scale
    for _ in range(80):
        middle = (low + high) / 2
        said = float(np.average(Platt(old.intercept + middle, old.slope).pd(raw), weights=weight))
        low, high = (middle, high) if said < observed else (low, middle)
    return Platt(old.intercept + (low + high) / 2, old.slope)
