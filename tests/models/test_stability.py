"""The stability index: nothing where nothing moved, known values by hand, and its chance level."""

import numpy as np
import pytest

from models.stability import counts_in, edges_of, shift, shift_of_counts

ONES = np.ones(1000)


def test_the_same_rows_have_not_moved() -> None:
    values = np.random.default_rng(1).normal(size=1000)
    assert shift(values, values, ONES, ONES).index == 0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param([500, 500, 0], [300, 700, 0], 0.2 * np.log(5 / 3) + 0.2 * np.log(7 / 5), id="two values"),
        pytest.param([900, 0, 100], [800, 0, 200], 0.1 * np.log(9 / 8) + 0.1 * np.log(2), id="missing is a band"),
        pytest.param([0, 1000, 0], [0, 1000, 0], 0.0, id="one value"),
    ],
)
def test_the_index_is_the_one_counted_by_hand(before: list[int], after: list[int], expected: float) -> None:
    """Counts of zeros, ones and missing values."""
    rows_before, rows_after = (np.repeat([0.0, 1.0, np.nan], counts) for counts in (before, after))
    assert shift(rows_before, rows_after, ONES, ONES).index == pytest.approx(expected)


def test_a_value_never_seen_before_is_a_shift_and_no_infinity() -> None:
    assert 0.25 < shift(np.zeros(1000), np.full(1000, np.nan), ONES, ONES).index < 20


def test_weights_are_repetitions() -> None:
    random = np.random.default_rng(3)
    before, after, times = random.normal(size=500), random.normal(0.4, 1, 500), random.integers(1, 4, 500)
    repeated = shift(np.repeat(before, times), after, np.ones(times.sum()), np.ones(500))
    assert shift(before, after, times.astype(float), np.ones(500)).index == pytest.approx(repeated.index, abs=0.02)


def test_samples_of_one_population_stay_below_chance_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(5)
    found = [shift(random.normal(size=300), random.normal(size=200), np.ones(300), np.ones(200)) for _ in range(200)]
    assert 0.85 <= np.mean([one.index <= one.chance for one in found]) <= 0.99


def test_edges_are_included_below_them_and_what_is_unknown_stands_last() -> None:
    assert counts_in((1.0, 2.0), np.array([1.0, 1.5, 2.0, 2.1, np.nan])).tolist() == [1, 2, 1, 1]
    assert counts_in((), np.array([7.0, np.nan])).tolist() == [1, 1]


def test_few_values_have_a_band_each_and_many_a_tenth_of_the_weight() -> None:
    assert edges_of(np.array([0.0, 0, 0, 1, 5, np.nan])) == (0.0, 1.0)
    assert edges_of(np.arange(1.0, 101)) == tuple(np.arange(10.0, 100, 10))
    assert edges_of(np.array([np.nan, np.nan])) == ()


def test_what_chance_reaches_once_in_a_hundred_thousand_is_more_than_once_in_twenty() -> None:
    seldom, often = (shift_of_counts([50, 50, 50], [20, 20, 20], once) for once in (1e-5, 0.05))
    assert (seldom.index, often.index) == (0, 0)
    assert seldom.chance > 2 * often.chance
    assert often.chance == pytest.approx(5.99 * (1 / 150 + 1 / 60), rel=1e-3)


def test_nobody_has_not_moved() -> None:
    assert shift_of_counts([0, 0], [3, 4]).index == 0
