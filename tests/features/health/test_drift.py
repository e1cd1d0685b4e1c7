"""The population stability index."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.health.drift import psi

COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("expected", "found", "index"),
    [
        pytest.param([50, 50], [50, 50], 0.0, id="nothing moved"),
        pytest.param([50, 50], [500, 500], 0.0, id="ten times as many, the same shares"),
        pytest.param([50, 50], [75, 25], 0.25 * math.log(1.5) + 0.25 * math.log(2), id="a quarter moved"),
        pytest.param([0, 0], [1, 2], 0.0, id="nobody before"),
        pytest.param([1, 2], [0, 0], 0.0, id="nobody now"),
    ],
)
def test_psi(expected: list[int], found: list[int], index: float) -> None:
    assert psi(expected, found) == pytest.approx(index)


@given(
    COUNTS.flatmap(
        lambda one: st.tuples(st.just(one), st.lists(st.integers(0, 9), min_size=len(one), max_size=len(one)))
    )
)
def test_psi_is_never_negative_and_never_infinite(sides: tuple[list[int], list[int]]) -> None:
    assert 0.0 <= psi(*sides) < math.inf
    assert psi(*sides) == pytest.approx(psi(*reversed(sides)))


def test_other_bins_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="2 bins"):
        psi([1, 2], [1, 2, 3])
