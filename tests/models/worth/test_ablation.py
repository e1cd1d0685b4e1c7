"""Models with and without some columns: what carries the risk is missed, what says nothing is not."""

import numpy as np
import pytest

from models.columns import Column, Columns
from models.cross_validation import Rows
from models.evaluation import auc_interval, weighted_auc
from models.worth.ablation import Bench, bench, best_single
from models.worth.resampling import figure, resample
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


def test_the_loss_is_that_of_the_two_models(judged: Bench) -> None:
    rest = [place for place, name in enumerate(COLUMNS.names) if name not in SILENT]
    train, test = judged.train, judged.test.rows
    left = SMALL_TREES.fit(
        Columns(tuple(COLUMNS.columns[place] for place in rest)), train.matrix[:, rest], train.target, train.weight
    )
    auc = weighted_auc(left.raw(test.matrix[:, rest]), test.target, test.weight)
    found = judged.without(SILENT)
    assert found.loss.value == pytest.approx(found.everything.value - auc, abs=1e-5)


def test_the_error_of_an_auc_agrees_with_the_interval_over_the_firms() -> None:
    test = rows(FEW, 2)
    score = test.matrix[:, 3]
    found = figure(resample(test).aucs(score))
    interval = auc_interval(score, test.target, test.weight, test.firm)
    assert found.value == pytest.approx(interval.value, abs=1e-5)
    assert found.error == pytest.approx((interval.high - interval.low) / 2 / 1.96, rel=0.2)


def test_equal_scores_differ_by_nothing_in_every_resample() -> None:
    test = rows(FEW, 2)
    resampled, score = resample(test), test.matrix[:, 3]
    assert figure(resampled.aucs(score) - resampled.aucs(2 * score + 1)).error == 0.0


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
