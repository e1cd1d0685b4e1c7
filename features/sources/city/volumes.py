"""The rows a city has of each feed, beside what its contract states of the reference city."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from features.contracts.feeds import find_feed
from features.sources.city.consignments import REFERENCE_ENTERPRISES
from features.sources.city.records import FEEDS

NEAR = 0.15
"""How far a feed's rows may be from its contract's, as a share."""
FAR = {
    "F01": "each change it shows is a version of its own, and those who left since 2016 stay in it",
}
"""Feeds that cannot come near, and why."""


@dataclass(frozen=True)
class Volume:
    """Rows per enterprise of one feed."""

    feed: str
    target: float
    measured: float

    @property
    def near(self) -> bool:
        return abs(self.measured / self.target - 1) <= NEAR


def volumes(folder: Path, enterprises: int) -> tuple[Volume, ...]:
    """Of every feed the city delivers, in its order."""
    return tuple(
        Volume(feed, find_feed(feed).million_rows * 1e6 / REFERENCE_ENTERPRISES, _rows(folder, feed) / enterprises)
        for feed in FEEDS
    )


def _rows(folder: Path, feed: str) -> int:
    rows: int = pl.scan_parquet(folder / f"{feed}-*.parquet").select(pl.len()).collect().item()
    return rows
