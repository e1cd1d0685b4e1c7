"""Would recalibrating have helped? A drift that is over, gone through again, judged on firms the new line has not seen.

The line of before was calibrated on the year before the drift. Half of the firms tell how the drift went, the others
judge; then the halves change places. Outcomes are known in hindsight: on the days themselves they took a year to come.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.clock import months_before
from models.calibration import Platt, fit_platt
from models.cross_validation import Rows
from models.evaluation import evaluate_pd
from models.predictor import Recipe
from models.question import Question
from models.recalibration import recalibrate
from models.training import Labelled, require_labels

_CALIBRATED_MONTHS = 12
_SEED = 20_200_201


@dataclass(frozen=True)
class Rehearsed:
    """One line on the loans of a drift, all of them judged. said, defaulted: weighted shares; slope, intercept: of the
    default on the log-odds said, 1 and 0 are right. defaults: of the rows, without weights."""

    line: Literal["of before", "recalibrated"]
    rows: int
    defaults: int
    defaulted: float
    said: float
    brier: float
    slope: float
    intercept: float


def rehearse(question: Question, labelled: Labelled, recipe: Recipe, since: date, until: date) -> tuple[Rehearsed, ...]:
    """Both lines on the loans granted from `since` up to `until`. Raises `TooFewLabels`."""
    spec, granted_on = question.spec, labelled.frame["granted_on"]
    year_before = months_before(since, _CALIBRATED_MONTHS)
    older, year, drift = (
        _flags(granted_on < year_before),
        _flags(granted_on.is_between(year_before, since, closed="left")),
        _flags(granted_on.is_between(since, until)),
    )
    fitted = spec.weights.to_fit(labelled.rows.take(older), granted_on.filter(pl.Series(older)))
    before, judged = labelled.rows.take(year), labelled.rows.take(drift)
    require_labels(spec, f"defaults on loans granted before {year_before}", fitted.defaults, spec.least_to_train)
    require_labels(spec, f"defaults on loans granted from {year_before} to {since}", before.defaults, 1)
    require_labels(spec, f"defaults on loans granted from {since} to {until}", judged.defaults, spec.least_to_judge)
    predictor = recipe.fit(fitted.columns, fitted.matrix, fitted.target, fitted.weight)
    old = fit_platt(predictor.raw(before.matrix), before.target, before.weight, rising=True)
    raw = predictor.raw(judged.matrix)
    renewed = by_the_other_half(old, raw, judged)
    return _judged("of before", old.pd(raw), judged), _judged("recalibrated", renewed, judged)


def by_the_other_half(old: Platt, raw: NDArray[np.float64], rows: Rows) -> NDArray[np.float64]:
    """What lines say that were recalibrated by the firms of the other half."""
    firms = np.unique(rows.firm)
    first = np.isin(rows.firm, np.random.default_rng(_SEED).permutation(firms)[: len(firms) // 2])
    pd = np.empty(len(rows))
    for judged, told in ((first, ~first), (~first, first)):
        known = rows.take(told)
        found = recalibrate(old, raw[told], known.target, known.weight, known.firm)
        pd[judged] = found.calibration.pd(raw[judged])
    return pd


def _judged(line: Literal["of before", "recalibrated"], pd: NDArray[np.float64], rows: Rows) -> Rehearsed:
    found = evaluate_pd(pd, rows.target, rows.weight, rows.firm)
    return Rehearsed(
        line=line,
        rows=found.rows,
        defaults=found.defaults,
        defaulted=found.base_rate,
        said=found.mean_pd,
        brier=found.brier,
        slope=found.calibration_slope,
        intercept=found.calibration_intercept,
    )


def _flags(series: pl.Series) -> NDArray[np.bool_]:
    return np.asarray(series.to_numpy(), dtype=np.bool_)
