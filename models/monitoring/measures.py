"""A day's measures of a model: how far inputs, score and reasons moved, and what came of whom it was to rate."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.health.alerts import MISSING_ROSE, follows_calendar
from features.health.drift import MOVED
from models.fairness.shares import effective_firms, effective_number, quantile_for, wilson
from models.monitoring.population import Cut, Population, mean_of, reason_shares, shown_points
from models.scoring import ScoringModel
from models.stability import counts_in, shift_of_counts

Floats = NDArray[np.float64]

REASON_MOVED = 0.05
"""Share of the principal adverse reasons; four are told, so that told to every firm a code has a quarter of them."""
BAD_RATE_OFF = 1.25
"""A bad rate this many times the expected one, or less than its inverse."""
FEWEST = 50
"""Of fewer firms nothing is said: chance alone moves them."""
_CHANCE = 1e-5
"""Some fifty inputs are looked at every day, and chance should ring once in years."""

What = Literal["feature", "score", "reason", "vintage"]


@dataclass(frozen=True)
class Measure:
    """One figure of one day.

    feature, score: figure is the PSI (of a feature: CSI) of known values against the training population; expected and
    found are the share without a value, whose rise is a breach too, or the mean score. reason: figure is found -
    expected share. vintage: figure is the realised bad rate over the expected one, which stand in found and expected.
    limit: what the figure may reach. rows: firms, or loans of a vintage. breach: whether it is beyond the limit.
    """

    what: What
    subject: str
    rows: int
    expected: float
    found: float
    figure: float
    limit: float
    breach: bool


def measure_shift(model: ScoringModel, population: Population, frame: pl.DataFrame) -> list[Measure]:
    """The score, each input and each reason code of today's firms beside the training population's.

    frame: the model's features, and `weight` where firms stand for more or fewer than one.
    """
    matrix, weight = model.columns.matrix(frame), np.ones(frame.height)
    if "weight" in frame.columns:
        weight = frame["weight"].to_numpy().astype(np.float64)
    found = [_score(population, shown_points(model, matrix), weight)]
    found += [_feature(name, population.features[name], matrix[:, i], weight) for i, name in enumerate(model.features)]
    return [*found, *_reasons(model, population, matrix, weight)]


def measure_vintages(loans: pl.DataFrame) -> list[Measure]:
    """Each vintage's weighted bad rate beside its mean expected probability.

    loans: matured ones; `vintage`, `subject`, `weight`, `target`, `pd`. A breach is beyond chance and beyond the limit;
    the intervals of all vintages hold together.
    """
    z = quantile_for(loans["vintage"].n_unique())
    return [
        _vintage(str(name), of, z) for (name,), of in sorted(loans.group_by("vintage"), key=lambda one: str(one[0]))
    ]


def _score(population: Population, points: Floats, weight: Floats) -> Measure:
    figure, limit = _psi(population.score, points, weight)
    moved, mean = _moved(weight, figure, limit), mean_of(points, weight)
    return Measure("score", "score", len(points), population.mean_score, mean, figure, limit, moved)


def _feature(name: str, cut: Cut, values: Floats, weight: Floats) -> Measure:
    figure, limit = _psi(cut, values, weight)
    unknown = mean_of(np.isnan(values).astype(np.float64), weight)
    expected = cut.counts[-1] / max(sum(cut.counts), 1)
    moved = _moved(weight, figure, limit) and not follows_calendar(name)
    breach = moved or (effective_number(weight) >= FEWEST and unknown - expected > MISSING_ROSE)
    return Measure("feature", name, len(values), expected, unknown, figure, limit, breach)


def _psi(cut: Cut, values: Floats, weight: Floats) -> tuple[float, float]:
    """Of the known values, with what it may be: another population, or what chance hardly ever reaches with so few.

    What fewer lack than in training, when feeds were young, is no shift to warn of.
    """
    found = shift_of_counts(cut.counts[:-1], counts_in(cut.edges, values, weight)[:-1], _CHANCE)
    return found.index, max(MOVED, found.chance)


def _moved(weight: Floats, figure: float, limit: float) -> bool:
    return effective_number(weight) >= FEWEST and figure >= limit


def _reasons(model: ScoringModel, population: Population, matrix: Floats, weight: Floats) -> Iterator[Measure]:
    """A shift must also be beyond three standard errors of a share among so many firms."""
    firms = effective_number(weight)
    for code, share in reason_shares(model, matrix, weight).items():
        expected = population.reasons.get(code, 0.0)
        limit = max(REASON_MOVED, 3 * math.sqrt(expected * (1 - expected) / max(firms, 1)))
        breach = firms >= FEWEST and abs(share - expected) > limit
        yield Measure("reason", code, len(matrix), expected, share, share - expected, limit, breach)


def _vintage(name: str, loans: pl.DataFrame, z: float) -> Measure:
    weight = loans["weight"].to_numpy().astype(np.float64)
    firm = loans["subject"].rank("dense").to_numpy().astype(np.int64)
    bad = wilson(float(np.average(loans["target"].to_numpy(), weights=weight)), effective_firms(weight, firm), z)
    expected = float(np.average(loans["pd"].to_numpy(), weights=weight))
    times = bad.value / expected
    off = times > BAD_RATE_OFF or times < 1 / BAD_RATE_OFF
    breach = loans["subject"].n_unique() >= FEWEST and off and not bad.low <= expected <= bad.high
    return Measure("vintage", name, len(loans), expected, bad.value, times, BAD_RATE_OFF, breach)
