"""Separation and calibration figures against definitions one can count by hand, and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from models.evaluation import Interval, auc_interval, evaluate_pd, largest_gap, weighted_auc


def sample(seed: int, rows: int = 400, strength: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, targets and weights of a made-up portfolio with about a quarter defaults."""
    random = np.random.default_rng(seed)
    score = random.normal(size=rows).round(1)
    target = (random.random(rows) < 1 / (1 + np.exp(1.2 - strength * score))).astype(float)
    return score, target, random.uniform(0.2, 5, rows)


@pytest.mark.parametrize(
    ("score", "target", "expected"),
    [
        pytest.param([1, 2, 3, 4], [0, 0, 1, 1], 1.0, id="every defaulter above every payer"),
        pytest.param([4, 3, 2, 1], [0, 0, 1, 1], 0.0, id="turned round"),
        pytest.param([1, 1, 1, 1], [0, 1, 0, 1], 0.5, id="one score for all"),
        pytest.param([1, 2, 2, 3], [0, 1, 0, 1], 0.875, id="a tie counts half"),
    ],
)
def test_auc_counts_pairs(score: list[float], target: list[float], expected: float) -> None:
    assert weighted_auc(np.array(score, float), np.array(target, float)) == expected


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_weighted_auc_and_gap_agree_with_scikit_learn(seed: int) -> None:
    score, target, weight = sample(seed, rows=60)
    if target.min() == target.max():
        return
    fpr, tpr, _ = roc_curve(target, score, sample_weight=weight)
    assert weighted_auc(score, target, weight) == pytest.approx(roc_auc_score(target, score, sample_weight=weight))
    assert largest_gap(score, target, weight) == pytest.approx(np.max(np.abs(tpr - fpr)))


def test_whole_number_weights_are_repetitions() -> None:
    score, target, _ = sample(3, rows=80)
    times = np.random.default_rng(3).integers(1, 4, 80)
    repeated = evaluate_pd(
        1 / (1 + np.exp(-np.repeat(score, times))), np.repeat(target, times), cluster=np.repeat(np.arange(80), times)
    )
    weighted = evaluate_pd(1 / (1 + np.exp(-score)), target, times.astype(float))
    for name in ("base_rate", "mean_pd", "ks", "brier", "brier_constant", "calibration_slope"):
        assert getattr(weighted, name) == pytest.approx(getattr(repeated, name), abs=1e-4), name
    assert (weighted.auc.low, weighted.auc.high) == pytest.approx((repeated.auc.low, repeated.auc.high), abs=1e-3)


def test_interval_covers_the_truth_about_95_times_in_100() -> None:
    truth = weighted_auc(*sample(0, rows=400_000)[:2])
    covered = [auc_interval(*sample(seed, rows=150)).contains(truth) for seed in range(1, 401)]
    assert 0.91 <= np.mean(covered) <= 0.98


def test_loans_of_one_firm_widen_the_interval() -> None:
    score, target, _ = sample(5, rows=100)
    four = [np.repeat(column, 4) for column in (score, target)]
    alone = auc_interval(score, target)
    apart, together = auc_interval(*four), auc_interval(*four, cluster=np.repeat(np.arange(100), 4))
    assert apart.high - apart.low < 0.6 * (alone.high - alone.low)
    assert together.high - together.low == pytest.approx(alone.high - alone.low, rel=0.02)


def test_a_perfect_separation_still_has_an_interval() -> None:
    interval = auc_interval(np.arange(20.0), (np.arange(20) >= 14).astype(float))
    assert interval.value == interval.high == 1
    assert 0.5 < interval.low < 1


@pytest.mark.parametrize(
    ("stretch", "shift", "slope", "intercept"),
    [
        pytest.param(1.0, 0.0, 1.0, 0.0, id="right"),
        pytest.param(2.0, 0.0, 0.5, 0.0, id="too bold"),
        pytest.param(1.0, 0.7, 1.0, -0.7, id="too dear everywhere"),
    ],
)
def test_calibration_figures_say_what_is_wrong(stretch: float, shift: float, slope: float, intercept: float) -> None:
    random = np.random.default_rng(11)
    log_odds = random.normal(-1, 1, 200_000)
    target = (random.random(200_000) < 1 / (1 + np.exp(-log_odds))).astype(float)
    figures = evaluate_pd(1 / (1 + np.exp(-(stretch * log_odds + shift))), target)
    assert figures.calibration_slope == pytest.approx(slope, abs=0.02)
    assert figures.calibration_intercept == pytest.approx(intercept, abs=0.03)


def test_a_good_model_beats_the_constant_and_a_constant_does_not() -> None:
    score, target, weight = sample(8, strength=2.0)
    informed = evaluate_pd(1 / (1 + np.exp(1.2 - 2 * score)), target, weight)
    constant = evaluate_pd(np.full(400, np.average(target, weights=weight)), target, weight)
    assert informed.brier < 0.9 * informed.brier_constant
    assert constant.brier == pytest.approx(constant.brier_constant)
    assert constant.auc.value == 0.5
    assert constant.auc.contains(0.5)


def test_interval_reads_as_a_sentence() -> None:
    assert str(Interval(0.8, 0.7, 0.9)) == "0.800 (95% interval 0.700 to 0.900)"
