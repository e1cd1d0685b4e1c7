"""The figures a bank's validator asks for: the largest gap and the slope of the calibration, at their edges too."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from features.sources.city.together import calibration_slope, largest_gap

ROWS = 20_000


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60))
def test_the_gap_is_the_one_everybody_computes(rows: list[tuple[int, bool]]) -> None:
    score, bad = np.array([row[0] for row in rows], dtype=float), np.array([row[1] for row in rows])
    if bad.all() or not bad.any():
        assert largest_gap(score, bad) == (0.0, float("inf"))
    else:
        false, true, _ = roc_curve(bad, score)
        assert largest_gap(score, bad)[0] == pytest.approx(np.abs(true - false).max())


@pytest.mark.parametrize(
    ("score", "gap"),
    [
        pytest.param([1.0, 1.0, 1.0, 1.0], 0.0, id="one score for all"),
        pytest.param([1.0, 2.0, 3.0, 4.0], 1.0, id="every bad loan above every good one"),
        pytest.param([4.0, 3.0, 2.0, 1.0], 1.0, id="turned round"),
        pytest.param([1.0, 2.0, 2.0, 3.0], 0.5, id="a tie of a good and a bad one"),
    ],
)
def test_the_gap_at_its_edges(score: list[float], gap: float) -> None:
    assert largest_gap(np.array(score), np.array([False, False, True, True]))[0] == gap


@pytest.mark.parametrize(
    ("stretched", "slope"),
    [
        pytest.param(1.0, 1.0, id="as sure as it may be"),
        pytest.param(2.0, 0.5, id="twice too sure"),
        pytest.param(0.5, 2.0, id="half as sure"),
        pytest.param(-1.0, -1.0, id="turned round"),
    ],
)
def test_the_slope_says_how_sure_a_score_may_be(stretched: float, slope: float) -> None:
    chance = np.random.default_rng(4)
    log_odds = -3.0 + chance.standard_normal(ROWS)
    bad = chance.random(ROWS) < 1 / (1 + np.exp(-log_odds))
    found, error = calibration_slope(stretched * log_odds, bad)
    assert abs(found - slope) < 3 * error
    assert error < 0.1 / abs(stretched)


@pytest.mark.parametrize(
    ("score", "bad"),
    [
        pytest.param([1.0, 2.0], [False, False], id="no default"),
        pytest.param([1.0, 2.0], [True, True], id="nothing but defaults"),
        pytest.param([1.0, 1.0], [False, True], id="one score for all"),
    ],
)
def test_where_nothing_can_be_said_the_slope_is_0(score: list[float], bad: list[bool]) -> None:
    assert calibration_slope(np.array(score), np.array(bad)) == (0.0, float("inf"))
