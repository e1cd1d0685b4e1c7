"""A plain score for the generator's own checks: ridge logistic regression on ranks, fitted in numpy."""

import numpy as np

from features.sources.city.arrays import Flags, Floats, Ints, logistic

_RIDGE = 3.0
_STEPS = 12
_FOLDS = 5


def fitted_scores(columns: Floats, bad: Flags, seed: int, firm: Ints | None = None) -> Floats:
    """(rows,) each row's score from a fit to the firms of the other folds."""
    inputs = curved(columns)
    firm = np.arange(len(bad)) if firm is None else firm
    fold = np.random.default_rng(seed).integers(0, _FOLDS, int(firm.max()) + 1)[firm]
    scores: Floats = np.empty(len(bad))
    for held in range(_FOLDS):
        scores[fold == held] = inputs[fold == held] @ fit(inputs[fold != held], bad[fold != held])
    return scores


def curved(columns: Floats) -> Floats:
    """(rows, 1 + 3 x columns) a constant, and each column's rank, its square and whether it is known."""
    parts = [np.ones(len(columns))]
    for column in columns.T:
        known = np.isfinite(column)
        rank = np.zeros(len(column))
        rank[known] = _middle_ranks(column[known]) - 0.5
        parts += [rank, np.where(known, rank**2 - 1 / 12, 0.0), known.astype(np.float64)]
    return np.column_stack(parts)


def _middle_ranks(values: Floats) -> Floats:
    """(values,) from 0 to 1; equal values share the middle of their ranks, so that the order of rows says nothing."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    middle: Floats = np.cumsum(count) - (count + 1) / 2
    return middle[place] / max(len(values) - 1, 1)


def fit(inputs: Floats, bad: Flags) -> Floats:
    """(inputs,) weights by Newton's steps, held small by a ridge."""
    weights = np.zeros(inputs.shape[1])
    ridge = _RIDGE * np.eye(inputs.shape[1])
    ridge[0, 0] = 1e-6
    for _ in range(_STEPS):
        probability = logistic(np.clip(inputs @ weights, -30, 30))
        slope = inputs.T @ (probability - bad) + ridge @ weights
        curve = (inputs * (probability * (1 - probability))[:, None]).T @ inputs + ridge
        weights -= np.linalg.solve(curve, slope)
    return weights
