"""How far a distribution has moved: the population stability index of scores (PSI) and of features (CSI)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

Floats = NDArray[np.float64]

BANDS = 10
_EMPTY = 0.5
"""Rows an empty band is taken to hold: its logarithm stays finite, and few rows do not look like a flood."""


@dataclass(frozen=True)
class Shift:
    """index: 0 where nothing moved; below 0.1 little, above 0.25 much. chance: what samples of this size reach in one
    of twenty cases though nothing moved."""

    index: float
    chance: float


def shift(before: Floats, after: Floats, weight_before: Floats, weight_after: Floats) -> Shift:
    """PSI between two samples of one column, in bands of equal weight before; nan is a band of its own.

    A column of few values has a band for each of them.
    """
    cuts = _cuts(before, weight_before)
    bands = len(cuts) + 2
    shares, sizes = zip(
        *(_shares(values, weight, cuts, bands) for values, weight in ((before, weight_before), (after, weight_after))),
        strict=True,
    )
    present = sum(1 for pair in zip(*shares, strict=True) if max(pair) > 0)
    old, new = (np.maximum(share, _EMPTY / size) for share, size in zip(shares, sizes, strict=True))
    held = (shares[0] > 0) | (shares[1] > 0)
    index = float(np.sum(((new - old) * np.log(new / old))[held]))
    return Shift(index, float(chi2.ppf(0.95, max(present - 1, 1)) * (1 / sizes[0] + 1 / sizes[1])))


def _cuts(values: Floats, weight: Floats) -> Floats:
    """Upper ends of all bands but the last."""
    known = ~np.isnan(values)
    distinct = np.unique(values[known])
    if len(distinct) <= BANDS:
        return distinct[:-1]
    order = np.argsort(values[known], kind="stable")
    reached = np.cumsum(weight[known][order]) / weight[known].sum()
    places = np.searchsorted(reached, np.arange(1, BANDS) / BANDS)
    return np.unique(values[known][order][np.minimum(places, len(order) - 1)])


def _shares(values: Floats, weight: Floats, cuts: Floats, bands: int) -> tuple[Floats, float]:
    """Weighted share of each band, missing last, and how many rows the weights are worth."""
    missing = np.isnan(values)
    band = np.where(missing, bands - 1, np.searchsorted(cuts, np.where(missing, 0.0, values), side="left"))
    counted = np.bincount(band, weight, minlength=bands)
    return counted / counted.sum(), float(weight.sum() ** 2 / np.sum(weight**2))
