"""Calibrating anew: nothing without a drift, the line moved in the city's slump of 2020, turned when told to."""

from datetime import date

import numpy as np
import pytest

from models.calibration import Platt, fit_platt
from models.evaluation import Figures, evaluate_pd
from models.recalibration import LEAST_DEFAULTS, moved, recalibrate
from tests.factories.city_loans import GrantedLoans, granted_loans

OLD = Platt(0.0, 1.0)


def loans(rate: float, rows: int = 40_000, seed: int = 1, slope: float = 1.0) -> tuple[np.ndarray, ...]:
    """Raw scores whose log-odds are right at the rate of 2019, and outcomes of a year with another rate."""
    random = np.random.default_rng(seed)
    raw = random.normal(0, 1, rows)
    raw += np.log(0.018 / 0.982) - 0.5
    truth = moved(Platt(0.0, slope), raw, np.full(rows, rate), np.ones(rows))
    return raw, (random.random(rows) < truth.pd(raw)).astype(float), np.ones(rows)


OLD_OF_2019 = moved(OLD, loans(0.018)[0], np.full(40_000, 0.018), np.ones(40_000))


@pytest.fixture(scope="module")
def granted() -> GrantedLoans:
    """The city's loans with what banks saw of their firms, and how they went: 20,000 enterprises."""
    return granted_loans(firms=20_000)


def test_the_shock_of_2020_is_answered_and_helps_firms_that_were_not_asked(granted: GrantedLoans) -> None:
    """Loans whose first year fell into the shock: half of the firms calibrate, the other half judge."""
    calm = granted.between(date(2018, 1, 1), date(2019, 7, 1))
    old = fit_platt(calm.raw, calm.target, calm.weight, rising=True)
    shock = granted.between(date(2019, 9, 1), date(2020, 5, 1))
    known, judged = (shock.take(shock.firm % 2 == half) for half in (0, 1))
    found = recalibrate(old, known.raw, known.target, known.weight, known.firm)
    before, after = judge(old, judged), judge(found.calibration, judged)
    assert (found.deed, found.ratio.low > 1.1) == ("moved", True)
    assert before.mean_pd / before.base_rate < 0.75
    assert abs(after.mean_pd / after.base_rate - 1) < 0.1
    assert abs(intercept(found.calibration, judged)) < 0.1 < intercept(old, judged)
    assert after.brier < before.brier
    assert (after.auc, found.calibration.slope) == (before.auc, old.slope)


def test_the_calm_after_the_shock_moves_the_line_back(granted: GrantedLoans) -> None:
    """Outcomes take a year: a line moved by the shock is too dear for what is granted when it is over."""
    shock = granted.between(date(2019, 9, 1), date(2020, 5, 1))
    dear = fit_platt(shock.raw, shock.target, shock.weight, rising=True)
    calm = granted.between(date(2020, 5, 1), date(2021, 1, 1))
    later = granted.between(date(2021, 1, 1), date(2021, 7, 1))
    found = recalibrate(dear, calm.raw, calm.target, calm.weight, calm.firm)
    before, after = judge(dear, later), judge(found.calibration, later)
    assert (found.deed, found.ratio.high < 0.9) == ("moved", True)
    assert abs(after.mean_pd - after.base_rate) < abs(before.mean_pd - before.base_rate)
    assert after.brier < before.brier


def judge(line: Platt, loans: GrantedLoans) -> Figures:
    return evaluate_pd(line.pd(loans.raw), loans.target, loans.weight, loans.firm)


def intercept(line: Platt, loans: GrantedLoans) -> float:
    """How far the log-odds are too low, their slope left as it is."""
    return moved(line, loans.raw, loans.target, loans.weight).intercept - line.intercept


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


@pytest.mark.parametrize("times", [0.01, 0.1, 1.0, 50.0])
def test_a_line_is_moved_alike_whatever_the_scale_of_the_raw_score(times: float) -> None:
    """A stiff model's raw scores lie close together, and its line is steep with an intercept of thirty and more."""
    raw, target, weight = loans(0.04)
    plain = moved(OLD_OF_2019, raw, target, weight)
    shift = 2.5  # the raw score's own zero
    old = Platt(OLD_OF_2019.intercept - OLD_OF_2019.slope / times * shift, OLD_OF_2019.slope / times)
    scaled = moved(old, raw * times + shift, target, weight)
    assert scaled.pd(raw * times + shift).mean() == pytest.approx(target.mean(), rel=1e-6)
    assert scaled.pd(raw * times + shift) == pytest.approx(plain.pd(raw), rel=1e-6)
