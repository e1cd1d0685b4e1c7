"""Ways to learn from applications that were refused, whose outcome nobody saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.calibration import Platt, fit_platt
from models.cross_validation import Rows
from models.logistic import LogisticRecipe
from models.predictor import Predictor, Recipe

Floats = NDArray[np.float64]

PRUDENCE = 1.5
"""Parcelling takes refused applications to be so many times as risky as granted ones of the same score band."""
_BANDS = 10
_LIKELIEST, _RAREST = 0.95, 0.05
"""Chances to be granted are taken to lie between: a loan granted against all odds would outweigh all others."""


@dataclass(frozen=True)
class Period:
    """Applications of one period: granted ones with their outcome, refused ones without (their target is not read)."""

    granted: Rows
    refused: Rows


@dataclass(frozen=True)
class Inferred:
    """A model fitted one way: PD of rows."""

    predictor: Predictor
    calibration: Platt

    def pd(self, matrix: Floats) -> Floats:
        return self.calibration.pd(self.predictor.raw(matrix))


Method = Callable[[Period, Inferred], Rows]
"""What to learn from: a period's rows, given the model of its granted loans alone."""


def granted_only(period: Period, _model: Inferred) -> Rows:
    """As every model does that knows of no refusal."""
    return period.granted


def fuzzy(period: Period, model: Inferred) -> Rows:
    """Fuzzy augmentation: a refused application counts as a default as far as the model thinks so, and else as none."""
    return _with_refused(period, model.pd(period.refused.matrix))


def parcelled(period: Period, model: Inferred) -> Rows:
    """Parcelling: refused applications default as granted ones of their score band did, times `PRUDENCE`."""
    granted, refused = (model.pd(rows.matrix) for rows in (period.granted, period.refused))
    cuts = np.quantile(granted, np.linspace(0, 1, _BANDS + 1)[1:-1])
    band, weight = np.searchsorted(cuts, granted), period.granted.weight
    bad = np.bincount(band, weight * period.granted.target, _BANDS)
    rates = bad / np.maximum(np.bincount(band, weight, _BANDS), 1e-12)
    return _with_refused(period, np.clip(rates[np.searchsorted(cuts, refused)] * PRUDENCE, 0.0, 1.0))


def inverse_probability(period: Period, _model: Inferred) -> Rows:
    """A granted loan stands for all applications like it: weighted by one over its chance to be granted."""
    granted = np.concatenate([np.ones(len(period.granted)), np.zeros(len(period.refused))])
    matrix = np.vstack([period.granted.matrix, period.refused.matrix])
    weight = np.concatenate([period.granted.weight, period.refused.weight])
    columns = replace(
        period.granted.columns, columns=tuple(replace(one, sign=0) for one in period.granted.columns.columns)
    )
    likeness = LogisticRecipe(penalty=100.0).fit(columns, matrix, granted, weight)
    line = fit_platt(likeness.raw(matrix), granted, weight)
    chance = np.clip(line.pd(likeness.raw(period.granted.matrix)), _RAREST, _LIKELIEST)
    return replace(period.granted, weight=period.granted.weight / chance)


METHODS: Mapping[str, Method] = {
    "granted loans only": granted_only,
    "fuzzy augmentation": fuzzy,
    f"parcelling, refused {PRUDENCE} times as risky": parcelled,
    "inverse probability of a grant": inverse_probability,
}


def infer(recipe: Recipe, train: Period, calibrate: Period, method: Method) -> Inferred:
    """Fit and calibrate a recipe, learning from both periods in one way."""
    first = _fitted(recipe, train.granted, calibrate.granted)
    return _fitted(recipe, method(train, first), method(calibrate, first))


def _fitted(recipe: Recipe, train: Rows, calibrate: Rows) -> Inferred:
    predictor = recipe.fit(train.columns, train.matrix, train.target, train.weight)
    raw = predictor.raw(calibrate.matrix)
    return Inferred(predictor, fit_platt(raw, calibrate.target, calibrate.weight, rising=True))


def _with_refused(period: Period, bad: Floats) -> Rows:
    """The granted rows, and every refused one twice: as a default with the chance of it, and as none with the rest."""
    granted, refused = period.granted, period.refused
    ones, zeros = np.ones(len(refused)), np.zeros(len(refused))
    return Rows(
        granted.columns,
        np.vstack([granted.matrix, refused.matrix, refused.matrix]),
        np.concatenate([granted.target, ones, zeros]),
        np.concatenate([granted.weight, refused.weight * bad, refused.weight * (1 - bad)]),
        np.concatenate([granted.firm, refused.firm, refused.firm]),
    )
