"""The standardised difference of a month: where it lies, how wide its band is, and when nothing is told."""

import numpy as np
import polars as pl
import pytest

from models.worth.event_study import FEWEST, compare

RANDOM = np.random.default_rng(3)


def values(bad: np.ndarray, good: np.ndarray) -> tuple[pl.Series, np.ndarray]:
    return pl.Series("feature", np.r_[bad, good]), np.r_[np.ones(len(bad), bool), np.zeros(len(good), bool)]


def test_a_shift_of_one_deviation_is_about_one_and_its_band_shrinks_with_the_number() -> None:
    few = compare(-3, *values(RANDOM.normal(1, 1, 100), RANDOM.normal(0, 1, 300)))
    many = compare(-3, *values(RANDOM.normal(1, 1, 1600), RANDOM.normal(0, 1, 4800)))
    assert many.difference == pytest.approx(1.0, abs=0.15)
    assert few.half is not None
    assert many.half == pytest.approx(few.half / 4, rel=0.1)
    assert (many.month, many.defaulted, many.others) == (-3, 1600, 4800)


def test_the_band_of_nothing_holds_zero_nineteen_times_in_twenty() -> None:
    points = [compare(0, *values(RANDOM.normal(0, 1, 60), RANDOM.normal(0, 1, 180))) for _ in range(400)]
    held = [abs(point.difference or 0.0) <= (point.half or 0.0) for point in points]
    assert 0.92 < np.mean(held) < 0.98


def test_one_giant_does_not_drown_the_rest() -> None:
    bad, good = RANDOM.normal(1, 1, 200), RANDOM.normal(0, 1, 600)
    good[0] = 1e15
    assert compare(0, *values(bad, good)).difference == pytest.approx(1.0, abs=0.25)


def test_firms_without_the_feature_are_left_out() -> None:
    series, defaulted = values(RANDOM.normal(1, 1, 50), RANDOM.normal(0, 1, 50))
    gaps = pl.concat([series, pl.Series("feature", [None] * 40, dtype=pl.Float64)])
    with_gaps = compare(0, gaps, np.r_[defaulted, np.ones(40, bool)])
    assert with_gaps == compare(0, series, defaulted)


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        pytest.param(np.arange(FEWEST - 1.0), np.arange(50.0), id="too few of one kind"),
        pytest.param(np.zeros(50), np.zeros(50), id="the same for all"),
        pytest.param(np.array([]), np.array([]), id="nobody"),
    ],
)
def test_nothing_is_told_of_few_or_equal_values(bad: np.ndarray, good: np.ndarray) -> None:
    point = compare(1, *values(bad, good))
    assert (point.difference, point.half) == (None, None)


def test_just_enough_of_both_kinds_is_told() -> None:
    assert compare(1, *values(np.arange(FEWEST) + 0.5, np.arange(FEWEST) * 1.0)).difference is not None
