"""Odds of past approval, also where nobody of a group was approved or refused."""

import math

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats.contingency import odds_ratio

from models.fairness.history import ApprovalOdds, approval_odds

Z = 2.24


def odds(
    members: tuple[int, int], others: tuple[int, int], *, times: int = 1, risk: float | None = 0.0
) -> ApprovalOdds | None:
    """Of firms approved and refused, members and others. times: how often each applied. risk: of all, else by lot."""
    random = np.random.default_rng(1)
    approved = np.repeat([True, False, True, False], [*members, *others]).repeat(times)
    member = np.repeat([True, False], [sum(members), sum(others)]).repeat(times)
    firm = np.arange(sum(members) + sum(others)).repeat(times)
    told = random.normal(size=len(firm)) if risk is None else np.full(len(firm), risk)
    return approval_odds(told, approved, member, firm, Z)


@pytest.mark.parametrize("refused", [30, 200])
def test_where_none_was_approved_the_interval_is_the_exact_one(refused: int) -> None:
    found = odds((0, refused), (50, 50))
    exact = odds_ratio(np.array([[0, refused], [50, 50]])).confidence_interval(1 - 2 * norm.sf(Z))
    assert found is not None
    assert (found.low, found.high) == (0.0, pytest.approx(exact.high))
    assert 0 < found.value < found.high < 0.2


def test_others_of_whom_none_was_refused_are_the_same_told_the_other_way_round() -> None:
    never, always = odds((0, 60), (50, 50)), odds((50, 50), (0, 60))
    assert never is not None
    assert always is not None
    assert (always.value, always.low) == (pytest.approx(1 / never.value), pytest.approx(1 / never.high))
    assert always.high == math.inf


@pytest.mark.parametrize(
    ("approved_of_100", "accused"), [pytest.param(5, False, id="5% of others"), pytest.param(30, True, id="30%")]
)
def test_few_firms_of_whom_none_was_approved_may_be_so_by_chance(approved_of_100: int, accused: bool) -> None:
    found = odds((0, 30), (10 * approved_of_100, 1000 - 10 * approved_of_100), risk=None)
    assert found is not None
    assert (found.high < 1) is accused


def test_a_firm_that_was_refused_ten_times_says_no_more_than_one_refused_once() -> None:
    assert odds((0, 40), (50, 50), times=10) == odds((0, 40), (50, 50))


@pytest.mark.parametrize(
    ("members", "others"),
    [
        pytest.param((40, 0), (900, 0), id="nobody was refused"),
        pytest.param((0, 40), (0, 900), id="nobody was approved"),
        pytest.param((20, 20), (0, 0), id="nobody else asked"),
    ],
)
def test_where_all_were_answered_alike_there_are_no_odds(members: tuple[int, int], others: tuple[int, int]) -> None:
    assert odds(members, others, risk=None) is None


@pytest.mark.parametrize(("approved", "refused"), [(1, 3), (2, 5), (5, 8)])
def test_a_group_of_which_hardly_any_was_approved_is_told_from_others_of_whom_hardly_any_was_refused(
    approved: int, refused: int
) -> None:
    found = odds((approved, 200), (1300 - refused, refused), risk=None)
    assert found is not None
    assert 0 < found.low < found.value < found.high < 0.05


def test_equal_treatment_is_one() -> None:
    found = odds((300, 100), (900, 300), risk=None)
    assert found is not None
    assert found.low < 1 < found.high
    assert found.value == pytest.approx(1.0, abs=0.15)
