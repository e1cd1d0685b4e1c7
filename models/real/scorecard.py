"""The logistic scorecard a bank would build: weights of evidence of binned columns, and a regression on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.columns import Columns
from models.sign_constrained import fit_logistic

Floats = NDArray[np.float64]

_SMOOTHING = 0.5
"""Defaults and others added to every bin, so that an empty one weighs little and not without end."""


@dataclass(frozen=True)
class Binned:
    """One column: its cuts (none of a category, whose bins are its numbers) and each bin's weight of evidence.

    The last bin is of missing values, and of categories never seen.
    """

    cuts: Floats | None
    evidence: Floats

    def woe(self, values: Floats) -> Floats:
        return np.asarray(self.evidence[bin_numbers(values, self.cuts, len(self.evidence) - 1)])


def bin_numbers(values: Floats, cuts: Floats | None, bins: int) -> NDArray[np.int64]:
    """The bin of each value; `bins` itself where there is none."""
    missing = np.isnan(values)
    numbers = np.nan_to_num(values).astype(np.int64) if cuts is None else np.searchsorted(cuts, values, side="right")
    return np.where(missing | (numbers >= bins), bins, numbers)


@dataclass(frozen=True)
class FittedScorecard:
    """raw = intercept + the sum of coefficients times evidence."""

    columns: tuple[Binned, ...]
    intercept: float
    coefficients: Floats

    def raw(self, matrix: Floats) -> Floats:
        evidence = np.column_stack([one.woe(matrix[:, j]) for j, one in enumerate(self.columns)])
        return np.asarray(self.intercept + evidence @ self.coefficients)


@dataclass(frozen=True)
class ScorecardLearner:
    """bins: quantile bins of a number. Coefficients never turn a column's evidence round."""

    bins: int = 8
    penalty: float = 1.0

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> FittedScorecard:
        binned = tuple(
            self._binned(column.categories, matrix[:, j], target, weight) for j, column in enumerate(columns.columns)
        )
        evidence = np.column_stack([one.woe(matrix[:, j]) for j, one in enumerate(binned)])
        signs = np.ones(evidence.shape[1])
        intercept, coefficients = fit_logistic(evidence, target, weight, penalty=self.penalty, signs=signs)
        return FittedScorecard(binned, intercept, coefficients)

    def _binned(self, categories: tuple[str, ...] | None, values: Floats, target: Floats, weight: Floats) -> Binned:
        cuts, bins = None, len(categories or ())
        if categories is None:
            known = values[~np.isnan(values)]
            inner = np.linspace(0, 1, self.bins + 1)[1:-1]
            cuts = np.unique(np.quantile(known, inner)) if len(known) else np.empty(0)
            bins = len(cuts) + 1
        numbers = bin_numbers(values, cuts, bins)
        bad = np.bincount(numbers, weight * target, bins + 1) + _SMOOTHING
        good = np.bincount(numbers, weight * (1 - target), bins + 1) + _SMOOTHING
        return Binned(cuts, np.log(bad / bad.sum()) - np.log(good / good.sum()))
