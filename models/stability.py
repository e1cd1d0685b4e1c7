"""How far a distribution has moved: the population stability index of scores (PSI) and of features (CSI).

Release gates, reports and the daily watch cut, count and compare here alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from features.health.drift import psi

Floats = NDArray[np.float64]

BANDS = 10
ONE_IN_TWENTY = 0.05


@dataclass(frozen=True)
class Shift:
    """index: 0 where nothing moved; below 0.1 little, above 0.25 much. chance: what samples of this size reach though
    nothing moved, in one of twenty cases unless said otherwise."""

    index: float
    chance: float


def shift(before: Floats, after: Floats, weight_before: Floats, weight_after: Floats) -> Shift:
    """PSI between two samples of one column, in bands of equal weight before; nan is a band of its own."""
    edges = edges_of(before, weight_before)
    return shift_of_counts(counts_in(edges, before, weight_before), counts_in(edges, after, weight_after))


def shift_of_counts(
    before: Sequence[float] | Floats, after: Sequence[float] | Floats, once: float = ONE_IN_TWENTY
) -> Shift:
    """PSI between two counts in the same bands. once: how often `chance` may be exceeded though nothing moved.

    Under the same population PSI x n m / (n + m) follows about chi-square with bands - 1 degrees of freedom.
    """
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    held = int(np.count_nonzero((old > 0) | (new > 0)))
    spread = 1 / max(old.sum(), 1) + 1 / max(new.sum(), 1)
    return Shift(psi(old.tolist(), new.tolist()), float(chi2.ppf(1 - once, max(held - 1, 1)) * spread))


def edges_of(values: Floats, weight: Floats | None = None) -> tuple[float, ...]:
    """Upper ends of all bands but the last, each included: of equal weight, or one for each of few values."""
    known = np.isfinite(values)
    found, w = values[known], np.ones(int(known.sum())) if weight is None else weight[known]
    distinct = np.unique(found)
    if len(distinct) <= BANDS:
        return tuple(map(float, distinct[:-1]))
    order = np.argsort(found, kind="stable")
    reached = np.cumsum(w[order]) / w.sum()
    places = np.searchsorted(reached, np.arange(1, BANDS) / BANDS)
    return tuple(map(float, np.unique(found[order][np.minimum(places, len(order) - 1)])))


def counts_in(edges: tuple[float, ...], values: Floats, weight: Floats | None = None) -> Floats:
    """Rows by band, then those without a value; weighted rows count as many as their weights are worth (Kish)."""
    known = np.isfinite(values)
    band = np.where(known, np.searchsorted(edges, np.where(known, values, 0.0), "left"), len(edges) + 1)
    if weight is None or not len(weight):
        return np.bincount(band, minlength=len(edges) + 2).astype(np.float64)
    worth = weight * (weight.sum() / np.sum(weight**2))
    return np.bincount(band, worth, minlength=len(edges) + 2).astype(np.float64)
