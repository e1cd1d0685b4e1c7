"""The Platt line and the sign-constrained fit under it."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from models.calibration import Platt, fit_platt, logit
from models.sign_constrained import fit_logistic


def portfolio(rows: int = 300, columns: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    x = random.normal(size=(rows, columns))
    z = x @ np.array([1.0, -0.8, 0.3, 0.0][:columns]) - 1
    return x, (random.random(rows) < 1 / (1 + np.exp(-z))).astype(float), random.uniform(0.5, 2, rows)


def test_without_signs_it_is_scikit_learns_logistic_regression() -> None:
    x, target, weight = portfolio()
    intercept, coefficients = fit_logistic(x, target, weight, penalty=2.0, signs=np.zeros(4))
    oracle = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(x, target, weight / weight.mean())
    assert intercept == pytest.approx(oracle.intercept_[0], abs=1e-5)
    assert coefficients == pytest.approx(oracle.coef_[0], abs=1e-5)


def test_a_coefficient_against_its_declared_sign_becomes_zero() -> None:
    x, target, _ = portfolio()
    _, coefficients = fit_logistic(x, target, None, penalty=0.1, signs=np.array([-1, -1, 1, 0]))
    assert coefficients[0] == 0
    assert coefficients[1] < 0 < coefficients[2]


def test_platt_recovers_the_line_the_outcomes_came_from() -> None:
    random = np.random.default_rng(4)
    raw = random.normal(size=200_000)
    target = (random.random(200_000) < Platt(-2.0, 0.6).pd(raw)).astype(float)
    line = fit_platt(raw, target)
    assert (line.intercept, line.slope) == pytest.approx((-2.0, 0.6), abs=0.02)
    assert logit(line.pd(raw[:5])) == pytest.approx(line.log_odds(raw[:5]))


def test_a_rising_line_never_turns_the_reasons_round() -> None:
    raw = np.arange(40.0)
    target = (raw < 10).astype(float)
    assert fit_platt(raw, target).slope < 0
    assert fit_platt(raw, target, rising=True).slope == 0


def test_a_perfect_separation_keeps_a_finite_slope() -> None:
    raw = np.linspace(-1, 1, 30)
    line = fit_platt(raw, (raw > 0.3).astype(float), rising=True, penalty=0.01)
    assert 1 < line.slope < 200
