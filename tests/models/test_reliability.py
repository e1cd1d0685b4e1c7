"""Intervals of the calibration slope and of outcomes to what was said: right where right, wide where few."""

import numpy as np
import pytest

from models.reliability import calibration_slope, observed_to_said


def made(rows: int, seed: int, stretch: float = 1.0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """PDs that are too bold by `stretch` and too high by `shift`, with outcomes and weights."""
    random = np.random.default_rng(seed)
    log_odds = random.normal(-2, 1, rows)
    target = (random.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(float)
    return 1 / (1 + np.exp(-(stretch * log_odds + shift))), target, np.ones(rows)


def test_the_slopes_interval_holds_the_truth_about_95_times_in_100() -> None:
    held = [calibration_slope(*made(600, seed)).contains(1.0) for seed in range(150)]
    assert 0.88 <= np.mean(held) <= 0.99


def test_a_pd_too_bold_has_a_slope_below_one() -> None:
    assert calibration_slope(*made(20_000, 1, stretch=2.0)).high < 0.6


def test_the_ratio_tells_a_pd_that_is_too_dear() -> None:
    assert observed_to_said(*made(20_000, 2, shift=1.0)).high < 0.6
    assert observed_to_said(*made(20_000, 2)).contains(1.0)


def test_loans_of_one_firm_widen_both() -> None:
    pd, target, weight = (np.repeat(column, 4) for column in made(500, 3))
    firm = np.repeat(np.arange(500), 4)
    for measure in (calibration_slope, observed_to_said):
        apart, together = measure(pd, target, weight), measure(pd, target, weight, firm)
        assert together.high - together.low > 1.2 * (apart.high - apart.low)


def test_no_default_among_few_proves_nothing() -> None:
    ratio = observed_to_said(np.full(20, 0.05), np.zeros(20), np.ones(20))
    assert ratio.value == pytest.approx(0.5)
    assert ratio.high > 1
