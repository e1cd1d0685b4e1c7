"""The logistic scorecard a bank would build: weights of evidence of binned columns, and a regression on them."""

import importlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import isotonic_regression

from models.binned import BinnedModel, Bins, bin_numbers, centred
from models.columns import Column, Columns
from models.sign_constrained import fit_logistic

Floats = NDArray[np.float64]

_SMOOTHING = 0.5
"""Defaults and others added to every bin, so that an empty one weighs little and not without end."""
_TRENDS = {1: "ascending", -1: "descending", 0: "auto"}


@dataclass(frozen=True)
class ScorecardRecipe:
    """bins: of a number, at most. Evidence keeps a column's sign, and no coefficient turns it round.

    optimal: cut by optbinning, which looks at the outcomes, and not at quantiles.
    """

    bins: int = 8
    penalty: float = 1.0
    optimal: bool = False
    kind: str = "scorecard"

    def fit(self, columns: Columns, matrix: Floats, target: Floats, weight: Floats) -> BinnedModel:
        """Fit on rows with weights."""
        evidence = [
            _evidence(column, self._cuts(column, matrix[:, j], target), matrix[:, j], target, weight)
            for j, column in enumerate(columns.columns)
        ]
        design = np.column_stack([bins.part(matrix[:, j]) for j, bins in enumerate(evidence)])
        signs = np.ones(design.shape[1])
        intercept, coefficients = fit_logistic(design, target, weight, penalty=self.penalty, signs=signs)
        weighed = tuple(
            Bins(bins.cuts, tuple(part * float(times) for part in bins.parts))
            for bins, times in zip(evidence, coefficients, strict=True)
        )
        return centred(weighed, intercept, matrix, weight, self.kind)

    def figures(self) -> dict[str, Any]:
        """What a registry shows of the recipe."""
        return asdict(self)

    def _cuts(self, column: Column, values: Floats, target: Floats) -> tuple[float, ...] | None:
        if column.categories is not None:
            return None
        known = ~np.isnan(values)
        if self.optimal and len(np.unique(values[known])) > 1:
            return _optimal_cuts(column, values[known], target[known], self.bins)
        inner = np.linspace(0, 1, self.bins + 1)[1:-1]
        return tuple(map(float, np.unique(np.quantile(values[known], inner)))) if known.any() else ()


def _optimal_cuts(column: Column, values: Floats, target: Floats, bins: int) -> tuple[float, ...]:
    """Optbinning puts a value that lies on a cut above it; here it lies below."""
    binning = importlib.import_module("optbinning").OptimalBinning(
        name=column.name, monotonic_trend=_TRENDS[column.sign], max_n_bins=bins
    )
    splits = binning.fit(values, target.astype(int)).splits
    return tuple(float(np.nextafter(split, -np.inf)) for split in splits)


def _evidence(column: Column, cuts: tuple[float, ...] | None, values: Floats, target: Floats, weight: Floats) -> Bins:
    """Each bin's log-odds beside those of all rows; neighbours that would break the column's sign share theirs."""
    bins = len(column.categories or ()) if cuts is None else len(cuts) + 1
    numbers = bin_numbers(values, cuts, bins)
    bad = np.bincount(numbers, weight * target, bins + 1) + _SMOOTHING
    rows = np.bincount(numbers, weight, bins + 1) + 2 * _SMOOTHING
    rates = bad / rows
    if cuts is not None and column.sign:
        rates[:-1] = isotonic_regression(rates[:-1], sample_weight=rows[:-1], increasing=column.sign > 0)
    overall = bad.sum() / rows.sum()
    return Bins(cuts, tuple(map(float, _log_odds(rates) - _log_odds(overall))))


def _log_odds(rates: Any) -> Any:
    return np.log(rates / (1 - rates))
