"""Models with and without some columns: what carries the risk is missed, what says nothing is not."""

from dataclasses import replace

import numpy as np
import pytest

from models.columns import Column, Columns
from models.cross_validation import Rows
from models.evaluation import auc_interval, weighted_auc
from models.worth.ablation import FITS, FITS_OF_EVERYTHING, Bench, bench, best_single
from models.worth.resampling import Judged, resample
from tests.factories.portfolio import COLUMNS, SMALL_TREES, portfolio

FEW, MANY = 600, 1_500
CARRYING, SILENT = ("sales_fen", "arrears_count", "gap_days", "tax_grade"), ("invoice_size_fen",)


def rows(firms: int, seed: int) -> Rows:
    frame, target = portfolio(firms, seed)
    return Rows(COLUMNS, COLUMNS.matrix(frame), target, np.ones(firms), np.arange(firms) // 2)


@pytest.fixture(scope="module")
def judged() -> Bench:
    return bench(SMALL_TREES, rows(MANY, 1), rows(FEW, 2))


def test_what_carries_the_risk_is_lost_without_and_tells_alone(judged: Bench) -> None:
    found = judged.without(CARRYING)
    assert found.loss.value > 3 * found.loss.error > 0
    assert found.alone.value > 0.7
    assert found.best_feature in CARRYING
    assert found.best.value < found.alone.value
    assert (found.train_loans, found.test_loans, found.test_defaults) == (MANY, FEW, judged.test.rows.defaults)


def test_what_says_nothing_is_not_missed(judged: Bench) -> None:
    found = judged.without(SILENT)
    assert abs(found.loss.value) < 0.02
    assert abs(found.alone.value - 0.5) < 0.08


def auc_of(judged: Bench, places: list[int], seed: int) -> float:
    columns = Columns(tuple(COLUMNS.columns[place] for place in places))
    train, test = judged.train, judged.test.rows
    recipe = replace(SMALL_TREES, seed=SMALL_TREES.seed + seed)
    fitted = recipe.fit(columns, train.matrix[:, places], train.target, train.weight)
    return weighted_auc(fitted.raw(test.matrix[:, places]), test.target, test.weight)


def test_the_loss_is_between_the_means_of_models_fitted_by_different_chance(judged: Bench) -> None:
    every = list(range(len(COLUMNS.names)))
    rest = [place for place in every if COLUMNS.names[place] not in SILENT]
    whole = [auc_of(judged, every, seed) for seed in range(FITS_OF_EVERYTHING)]
    left = [auc_of(judged, rest, seed) for seed in range(FITS)]
    found = judged.without(SILENT)
    assert found.everything.value == pytest.approx(np.mean(whole), abs=1e-5)
    assert found.loss.value == pytest.approx(np.mean(whole) - np.mean(left), abs=1e-5)
    assert found.loss.error**2 > np.var(whole, ddof=1) / FITS_OF_EVERYTHING + np.var(left, ddof=1) / FITS


def test_the_error_of_an_auc_agrees_with_the_interval_over_the_firms() -> None:
    test = rows(FEW, 2)
    score = test.matrix[:, 3]
    found = resample(test).judge([score]).figure
    interval = auc_interval(score, test.target, test.weight, test.firm)
    assert found.value == pytest.approx(interval.value, abs=1e-5)
    assert found.error == pytest.approx((interval.high - interval.low) / 2 / 1.96, rel=0.2)


def test_equal_scores_differ_by_nothing_in_every_resample() -> None:
    test = rows(FEW, 2)
    resampled, score = resample(test), test.matrix[:, 3]
    assert (resampled.judge([score]) - resampled.judge([2 * score + 1])).figure.error == 0.0


def test_chance_in_fitting_adds_to_the_error_of_a_difference() -> None:
    calm, chancy = Judged(np.array([0.7, 0.6, 0.8])), Judged(np.array([0.6, 0.5, 0.7]), chance=0.0009)
    assert (calm - chancy).figure.value == pytest.approx(0.1)
    assert (calm - chancy).figure.error == pytest.approx(0.03)


def test_a_single_column_is_chosen_and_turned_on_the_training_rows() -> None:
    columns = Columns((Column("right"), Column("wrong_way"), Column("lucky_later")))
    random = np.random.default_rng(1)
    target = np.r_[np.ones(50), np.zeros(150)]
    noise = random.normal(0, 1, (200, 3))
    train = Rows(columns, noise + np.c_[target, -3 * target, np.zeros(200)], target, np.ones(200), np.arange(200))
    test = Rows(columns, noise + np.c_[target, -3 * target, 9 * target], target, np.ones(200), np.arange(200))
    name, score = best_single(train, test, [0, 1, 2])
    assert name == "wrong_way"
    assert weighted_auc(score, target) > 0.9


def test_a_value_that_is_missing_stands_in_the_middle() -> None:
    columns, target = Columns((Column("only"),)), np.r_[np.ones(3), np.zeros(3)]
    matrix = np.array([[5.0], [4.0], [np.nan], [1.0], [2.0], [np.nan]])
    one = Rows(columns, matrix, target, np.ones(6), np.arange(6))
    assert best_single(one, one, [0])[1].tolist() == [5.0, 4.0, 3.0, 1.0, 2.0, 3.0]


def test_a_column_without_any_value_says_nothing() -> None:
    columns, target = Columns((Column("empty"), Column("kind", 0, ("a", "b")))), np.r_[np.ones(3), np.zeros(3)]
    train = Rows(columns, np.full((6, 2), np.nan), target, np.ones(6), np.arange(6))
    assert np.ptp(best_single(train, train, [0])[1]) == 0
    assert np.ptp(best_single(train, train, [1])[1]) == 0
