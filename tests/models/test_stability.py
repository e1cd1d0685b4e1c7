"""The stability index: nothing where nothing moved, known values by hand, and its chance level."""

import numpy as np
import pytest

from models.stability import shift

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
