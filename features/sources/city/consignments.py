"""Which shards of a city share a delivery: a delivery is worth its trouble from some hundred thousand rows on."""

from collections.abc import Sequence
from dataclasses import dataclass

from features.contracts.feeds import find_feed

REFERENCE_ENTERPRISES = 4_000_000
"""Of the city whose rows a contract states."""
MOST_ROWS = 1_000_000
"""Of a delivery, about."""
ENOUGH_ROWS = 200_000
"""A shard that has so many is a delivery of its own: writing them twice would cost more than landing them alone."""


@dataclass(frozen=True)
class Consignment:
    """One delivery of one feed: shards `first` to `last`, both included."""

    feed: str
    first: int
    last: int

    @property
    def single(self) -> bool:
        return self.first == self.last

    @property
    def name(self) -> str:
        return f"{self.first:04d}" if self.single else f"{self.first:04d}-{self.last:04d}"


def consignments(feeds: Sequence[str], shards: int, shard_size: int) -> tuple[Consignment, ...]:
    """All deliveries of a city, in the order in which they can be complete; within a shard in the order of `feeds`."""
    planned = []
    for feed in feeds:
        step = _shards_together(feed, shard_size)
        planned += [Consignment(feed, first, min(first + step, shards) - 1) for first in range(0, shards, step)]
    return tuple(sorted(planned, key=lambda one: one.last))


def _shards_together(feed: str, shard_size: int) -> int:
    rows = max(find_feed(feed).million_rows * 1e6 / REFERENCE_ENTERPRISES * shard_size, 1.0)
    return 1 if rows >= ENOUGH_ROWS else max(int(MOST_ROWS / rows), 1)
