"""A blend: exact parts, declared signs, and weights that only members who tell defaulters earn."""

import numpy as np
import pytest

from models.blend import Blend, weigh
from models.boosted_trees import in_balance
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, fitted, portfolio

BLEND = Blend((fitted(SMALL_TREES), fitted(PLAIN_LOGISTIC)), (0.7, 0.4))


def test_the_parts_add_up_to_the_weighted_sum_of_the_members() -> None:
    matrix = COLUMNS.matrix(portfolio(seed=9)[0])
    trees, logistic = BLEND.members
    raw, parts = BLEND.parts(matrix)
    assert BLEND.raw(matrix) == pytest.approx(0.7 * trees.raw(matrix) + 0.4 * logistic.raw(matrix), abs=1e-12)
    assert raw == pytest.approx(BLEND.raw(matrix), abs=1e-12)
    assert parts.sum(axis=1) == pytest.approx(raw, abs=1e-12)


def test_risk_follows_the_declared_signs() -> None:
    matrix = COLUMNS.matrix(portfolio(seed=9)[0][:50])
    for place, sign in enumerate(COLUMNS.signs):
        told = []
        for at in np.linspace(np.nanmin(matrix[:, place]) - 1, np.nanmax(matrix[:, place]) + 1, 20):
            moved = matrix.copy()
            moved[:, place] = at
            told.append(BLEND.raw(moved))
        assert sign == 0 or (np.diff(np.array(told), axis=0) * sign >= -1e-12).all()


def test_who_tells_nothing_or_the_reverse_weighs_nothing() -> None:
    chance = np.random.default_rng(1)
    truth = chance.normal(size=4_000)
    target = (chance.random(4_000) < 1 / (1 + np.exp(-truth))).astype(float)
    right, reverse, flat = weigh([truth, -truth, np.full(4_000, 0.3)], target, np.ones(4_000))
    assert right == pytest.approx(1, abs=0.1)
    assert reverse == flat == 0


def test_members_that_say_the_same_share_the_weight() -> None:
    chance = np.random.default_rng(1)
    truth = chance.normal(size=2_000)
    target = (chance.random(2_000) < 1 / (1 + np.exp(-truth))).astype(float)
    one, other = weigh([truth, truth], target, np.ones(2_000))
    assert one == pytest.approx(other, rel=1e-3)


@pytest.mark.parametrize(
    ("target", "weights"),
    [
        pytest.param([1.0, 0.0, 0.0, 0.0], [3.0, 1.0, 1.0, 1.0], id="one in four"),
        pytest.param([0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], id="no defaulter"),
        pytest.param([1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0], id="nobody else"),
    ],
)
def test_defaulters_weigh_as_much_as_the_others(target: list[float], weights: list[float]) -> None:
    assert in_balance(np.array(target), np.ones(4)).tolist() == weights
