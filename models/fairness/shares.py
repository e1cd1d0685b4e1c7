"""Weighted shares with intervals that stay honest in small groups, and differences between two of them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CONFIDENCE = 0.95
FEWEST_FIRMS = 30
"""A group of fewer firms is reported and never accused."""


def quantile_for(comparisons: int) -> float:
    """Two-sided normal point at which all of so many comparisons together keep `CONFIDENCE` (Bonferroni)."""
    return float(norm.ppf(1 - (1 - CONFIDENCE) / 2 / max(comparisons, 1)))


@dataclass(frozen=True)
class Share:
    """A weighted share with its interval. firms: how many firms of one weight would say as much (Kish)."""

    value: float
    low: float
    high: float
    firms: float

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%})"


def share_of(inside: Flags, weight: Floats, firm: Ints, z: float) -> Share | None:
    """The share of the weight that is inside, by Wilson's interval over firms; None where there is no row."""
    if not len(inside):
        return None
    return wilson(float(np.average(inside, weights=weight)), effective_firms(weight, firm), z)


def wilson(value: float, firms: float, z: float) -> Share:
    """A share of so many firms with Wilson's interval."""
    middle = (value + z * z / (2 * firms)) / (1 + z * z / firms)
    half = z / (1 + z * z / firms) * math.sqrt(value * (1 - value) / firms + z * z / (4 * firms * firms))
    return Share(value, max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half)), firms)


def effective_firms(weight: Floats, firm: Ints) -> float:
    """Firms of one weight that would say as much: several loans of one firm are one firm's word."""
    return effective_number(np.bincount(np.unique(firm, return_inverse=True)[1], weight).astype(np.float64))


def effective_number(weight: Floats) -> float:
    """How many of one weight would say as much as these do (Kish); 0 of none."""
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0


def difference(one: Share, other: Share) -> tuple[float, float, float]:
    """one - other with Newcombe's interval, made of both shares' own."""
    gap = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return gap, gap - below, gap + above
