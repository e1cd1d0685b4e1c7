"""Calibrating anew: nothing without a drift, the line moved in a slump like the city's of 2020, turned when told to."""

import numpy as np
import pytest
import yaml

from features.sources.city.parameters import DEFAULTS
from models.calibration import Platt
from models.evaluation import evaluate_pd
from models.recalibration import LEAST_DEFAULTS, moved, recalibrate

OLD = Platt(0.0, 1.0)


def loans(rate: float, rows: int = 40_000, seed: int = 1, slope: float = 1.0) -> tuple[np.ndarray, ...]:
    """Raw scores whose log-odds are right at the rate of 2019, and outcomes of a year with another rate."""
    random = np.random.default_rng(seed)
    raw = random.normal(0, 1, rows)
    raw += np.log(0.018 / 0.982) - 0.5
    truth = moved(Platt(0.0, slope), raw, np.full(rows, rate), np.ones(rows))
    return raw, (random.random(rows) < truth.pd(raw)).astype(float), np.ones(rows)


def yearly_rate(year: int) -> float:
    """The city's share of enterprises that default in a year."""
    return float(yaml.safe_load(DEFAULTS.read_text("utf-8"))["default"]["yearly_rate"][year])


OLD_OF_2019 = moved(OLD, loans(yearly_rate(2019))[0], np.full(40_000, yearly_rate(2019)), np.ones(40_000))


def test_the_shock_of_2020_is_answered_and_helps_in_the_same_year() -> None:
    """The first half of the year is known, the second is judged."""
    spring, autumn = loans(yearly_rate(2020), seed=2), loans(yearly_rate(2020), seed=3)
    found = recalibrate(OLD_OF_2019, *spring)
    old, new = (evaluate_pd(line.pd(autumn[0]), autumn[1]) for line in (OLD_OF_2019, found.calibration))
    assert found.deed == "moved"
    assert found.ratio.low > 1.2
    assert abs(new.mean_pd / new.base_rate - 1) < 0.1 < abs(old.mean_pd / old.base_rate - 1)
    assert new.brier < old.brier
    assert new.auc == old.auc
    assert found.calibration.slope == OLD_OF_2019.slope


def test_a_year_like_the_last_changes_nothing() -> None:
    found = recalibrate(OLD_OF_2019, *loans(0.018, seed=5))
    assert (found.calibration, found.deed) == (OLD_OF_2019, "kept")


def test_a_slope_that_is_clearly_wrong_is_turned() -> None:
    raw, target, weight = loans(0.05, seed=5, slope=0.5)
    found = recalibrate(OLD_OF_2019, raw, target, weight)
    assert found.deed == "turned"
    assert found.calibration.slope == pytest.approx(0.5, abs=0.1)


def test_a_handful_of_defaults_moves_nothing() -> None:
    raw, target, weight = (column[:300] for column in loans(0.3, seed=6))
    few = np.where(np.cumsum(target) < LEAST_DEFAULTS, target, 0.0)
    assert recalibrate(OLD_OF_2019, raw, few, weight).deed == "kept"


def test_moving_says_as_many_defaults_as_were_observed() -> None:
    raw, target, weight = loans(0.03, seed=7)
    weight = weight * np.where(target == 1, 0.5, 2.0)
    line = moved(OLD, raw, target, weight)
    assert np.average(line.pd(raw), weights=weight) == pytest.approx(np.average(target, weights=weight))
