"""What all published features together tell of a loan, out of time: read point in time, and judged by plain trees."""

from collections.abc import Mapping
from dataclasses import dataclass

import lightgbm
import numpy as np
import polars as pl

from bureau.grant import operator_grant
from features.definitions.library import published
from features.lake.lake import Lake
from features.sources.city.arrays import Flags, Floats, logistic
from features.sources.city.outcomes import OUT_OF_TIME_FROM
from features.sources.city.separation import Separation, first_component_share, separation
from features.store.training_set import training_set

_TREES = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "lambda_l2": 20.0,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "seed": 1,
    "deterministic": True,
    "num_threads": 1,
    "verbose": -1,
}
_ROUNDS = 220
_MOST_LOANS = 100_000
"""Half a gigabyte of features; the figures are exact enough with half as many."""
_STEPS = 25


@dataclass(frozen=True)
class Judged:
    """gap: Kolmogorov-Smirnov distance. slope: of the calibration, 1 where a difference of log-odds is what it says.

    alone: what each feature separates by itself, of all these loans. component: the share one direction holds of all.
    """

    alone: Mapping[str, Separation]
    component: float
    auc: Separation
    gap: float
    gap_error: float
    slope: float
    slope_error: float


def judge_published(lake: Lake, loans: pl.DataFrame) -> Judged:
    """Fitted to the loans granted before `OUT_OF_TIME_FROM`, judged on the others; of many loans, to a part."""
    loans = loans.gather_every(-(-loans.height // _MOST_LOANS))
    columns, bad = features_of(lake, loans), loans["bad"].to_numpy()
    late = (loans["granted_on"] >= OUT_OF_TIME_FROM).to_numpy()
    learnt = lightgbm.train(_TREES, lightgbm.Dataset(columns[~late], bad[~late].astype(np.float64)), _ROUNDS)
    score = np.asarray(learnt.predict(columns[late], raw_score=True), dtype=np.float64)
    firm = loans["uscc"].rank("dense").to_numpy().astype(np.int64)
    slope, slope_error = calibration_slope(score, bad[late])
    gap, gap_error = largest_gap(score, bad[late])
    names = [entry.name for entry in published()]
    alone = {name: separation(column, bad, firm) for name, column in zip(names, columns.T, strict=True)}
    auc = separation(score, bad[late], firm[late])
    return Judged(alone, first_component_share(columns), auc, gap, gap_error, slope, slope_error)


def features_of(lake: Lake, loans: pl.DataFrame) -> Floats:
    """(loans, features) as of the last month end before each grant: few days to compute, and none too late."""
    before = pl.col("granted_on").dt.month_start().dt.offset_by("-1d")
    labels = loans.select("loan", subject="uscc", as_of=before)
    names = [entry.name for entry in published()]
    frame = training_set(lake, labels, names, operator_grant("training")).frame
    coded = pl.selectors.enum() | pl.selectors.categorical()
    values = frame.select(names).with_columns(coded.to_physical()).select(pl.all().cast(pl.Float64))
    columns: Floats = values.fill_null(float("nan")).to_numpy()
    return columns


def calibration_slope(log_odds: Floats, bad: Flags) -> tuple[float, float]:
    """The slope of a logistic regression of the outcome on a score's log-odds, and its standard error.

    A score that is the same for all, or outcomes that are, have slope 0 and an error beyond any bound.
    """
    if not 0 < bad.sum() < len(bad) or np.ptp(log_odds) == 0:
        return 0.0, float("inf")
    inputs, weights = np.column_stack([np.ones(len(bad)), log_odds]), np.zeros(2)
    for _ in range(_STEPS):
        probability = logistic(np.clip(inputs @ weights, -30, 30))
        curve = (inputs * (probability * (1 - probability))[:, None]).T @ inputs
        weights += np.linalg.solve(curve, inputs.T @ (bad - probability))
    return float(weights[1]), float(np.sqrt(np.linalg.inv(curve)[1, 1]))


def largest_gap(score: Floats, bad: Flags) -> tuple[float, float]:
    """The largest distance between the distributions of bad and of good loans, and an error by the number of bad."""
    if not 0 < bad.sum() < len(bad):
        return 0.0, float("inf")
    _, rank = np.unique(score, return_inverse=True)
    shares = [np.cumsum(np.bincount(rank[rows], minlength=rank.max() + 1)) / rows.sum() for rows in (bad, ~bad)]
    return float(np.abs(shares[0] - shares[1]).max()), 0.5 / float(np.sqrt(bad.sum()))
