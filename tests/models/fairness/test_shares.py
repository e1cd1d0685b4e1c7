"""Shares keep what their intervals promise, in small groups too."""

import numpy as np
import pytest

from models.fairness.shares import difference, effective_firms, quantile_for, share_of

ONES = np.ones(200)


def test_nobody_has_no_share() -> None:
    assert share_of(np.zeros(0, dtype=bool), np.zeros(0), np.zeros(0, dtype=np.int64), 1.96) is None


@pytest.mark.parametrize("value", [False, True])
def test_one_firm_alone_says_next_to_nothing(value: bool) -> None:
    share = share_of(np.array([value] * 5), np.ones(5), np.zeros(5, dtype=np.int64), 1.96)
    assert share is not None
    assert (share.value, share.firms) == (float(value), 1.0)
    assert share.high - share.low > 0.75


def test_several_loans_of_a_firm_are_one_word_and_heavy_firms_outweigh() -> None:
    assert effective_firms(np.ones(6), np.array([1, 1, 2, 2, 3, 3])) == pytest.approx(3)
    assert effective_firms(np.array([100.0, 1, 1, 1]), np.arange(4)) == pytest.approx(1.06, abs=0.01)


def test_more_comparisons_make_wider_intervals() -> None:
    assert quantile_for(1) == pytest.approx(1.96, abs=0.001)
    assert quantile_for(0) == quantile_for(1)
    assert quantile_for(25) > 3


@pytest.mark.parametrize("rate", [0.02, 0.5, 0.97])
def test_wilson_holds_the_truth_about_as_often_as_promised(rate: float) -> None:
    random, firm = np.random.default_rng(1), np.arange(200)
    shares = [share_of(random.random(200) < rate, ONES, firm, 1.96) for _ in range(500)]
    held = [share is not None and share.low <= rate <= share.high for share in shares]
    assert 0.92 <= np.mean(held) <= 0.99


def test_a_difference_of_equals_holds_nothing() -> None:
    share = share_of(np.arange(200) % 2 == 0, ONES, np.arange(200), 1.96)
    assert share is not None
    gap, low, high = difference(share, share)
    assert gap == 0
    assert low == pytest.approx(-high)
