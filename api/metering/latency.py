"""Latencies as counts in bins, so that percentiles of any group of calls are sums away."""

from bisect import bisect_left
from collections.abc import Sequence

EDGES_US = tuple(
    int(edge_ms * 1_000)
    for edge_ms in (
        1,
        1.6,
        2.5,
        4,
        6.3,
        10,
        16,
        25,
        40,
        63,
        100,
        160,
        250,
        400,
        630,
        1_000,
        2_500,
        6_300,
        16_000,
        63_000,
    )
)
"""The upper edge of each bin but the last, which is open. Five a decade up to a second: what is told of a latency
is the upper edge of its bin, so at most 1.6 times the truth (four times beyond a second, up to 63, where it ends)."""
BINS = tuple(f"latency_{number:02d}" for number in range(len(EDGES_US) + 1))
"""Their columns."""
PERCENTS = (50, 95, 99)


def bin_of(latency_us: int) -> str:
    """The bin of a latency; one on an edge lies below it."""
    return BINS[bisect_left(EDGES_US, latency_us)]


def percentile(counts: Sequence[int], percent: int) -> int | None:
    """The upper edge, in microseconds, of the bin in which the percentile lies (nearest rank); None without calls.

    Beyond the last edge it is that edge: so much or more.
    """
    rank, seen = -(-sum(counts) * percent // 100), 0
    for edge, count in zip((*EDGES_US, EDGES_US[-1]), counts, strict=True):
        seen += count
        if 0 < rank <= seen:
            return edge
    return None
