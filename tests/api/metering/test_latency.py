"""Latencies in bins: the edge told is at or above the truth, and by no more than a bin."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.metering.latency import BINS, EDGES_US, PERCENTS, bin_of, percentile


def counted(latencies: list[int]) -> list[int]:
    return [sum(bin_of(one) == name for one in latencies) for name in BINS]


@pytest.mark.parametrize(
    ("latency_us", "number"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(1_000, 0, id="on an edge: below it"),
        pytest.param(1_001, 1, id="above an edge"),
        pytest.param(63_000_000, 19, id="on the last edge"),
        pytest.param(10**12, 20, id="beyond the last"),
    ],
)
def test_bin_of(latency_us: int, number: int) -> None:
    assert bin_of(latency_us) == BINS[number]


@given(st.lists(st.integers(1_000, 1_000_000), min_size=1, max_size=300), st.sampled_from(PERCENTS))
def test_a_percentile_is_at_most_told_a_bin_too_high(latencies: list[int], percent: int) -> None:
    exact = sorted(latencies)[-(-len(latencies) * percent // 100) - 1]
    told = percentile(counted(latencies), percent)
    assert told is not None
    assert exact <= told <= exact * 1.6


def test_without_calls_there_is_none_and_beyond_the_last_edge_it_is_that() -> None:
    assert percentile(counted([]), 95) is None
    assert percentile(counted([10**10]), 50) == EDGES_US[-1]


def test_edges_rise_by_at_most_what_is_said() -> None:
    for below, above in pairwise(EDGES_US):
        assert 1 < above / below <= (1.6 if above <= 1_000_000 else 4)
