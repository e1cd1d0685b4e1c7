"""The rows a city has of each feed, beside what its contract states of the reference city."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from features.contracts.feeds import find_feed
from features.sources.city.consignments import REFERENCE_ENTERPRISES
from features.sources.city.promises import Figure, Promise
from features.sources.city.records import FEEDS

NEAR = 0.15
"""How far a feed's rows may be from its contract's, as a share."""
FAR = {
    "F01": "each change it shows is a version of its own, and those who left since 2016 stay in it",
}
"""Feeds that cannot come near, and why."""
FAR_AT_MOST = 3.0
"""Times the contract's rows: what the reason can explain."""


@dataclass(frozen=True)
class Volume:
    """Rows per enterprise of one feed."""

    feed: str
    target: float
    measured: float
    error: float

    @property
    def promise(self) -> Promise:
        """As near to the contract's rows as a feed must come."""
        low, high = self.target * (1 - NEAR), self.target * (1 + NEAR)
        return Promise(f"rows per enterprise of {self.feed}", low, high, ".3g", about=self.target)

    @property
    def figure(self) -> Figure:
        """What was measured."""
        return Figure(self.measured, self.error)


def volumes(folder: Path, enterprises: int) -> tuple[Volume, ...]:
    """Of every feed the city delivers, in its order."""
    return tuple(_volume(folder, feed, enterprises) for feed in FEEDS)


def all_feeds(of_feeds: Sequence[Volume]) -> Volume:
    """Of all feeds together: an enterprise with many rows of one may have many of all, so that errors add up."""
    return Volume(
        "all feeds together",
        sum(one.target for one in of_feeds),
        sum(one.measured for one in of_feeds),
        sum(one.error for one in of_feeds),
    )


def _volume(folder: Path, feed: str, enterprises: int) -> Volume:
    """Enterprises differ in how many rows they have; rows told by name alone stand each for an enterprise.

    The error is at least that of the contract's rows, one by one: of a rare feed a city may have none.
    """
    target = find_feed(feed).million_rows * 1e6 / REFERENCE_ENTERPRISES
    by_firm = pl.scan_parquet(folder / f"{feed}-*.parquet").group_by("uscc").len().collect()
    rows = by_firm["len"].to_numpy().astype(np.float64)
    named = rows[by_firm["uscc"].is_not_null().to_numpy()]
    total, squares = float(rows.sum()), float((named**2).sum() + rows.sum() - named.sum())
    variance = max(squares - total**2 / enterprises, target * enterprises)
    return Volume(feed, target, total / enterprises, float(np.sqrt(variance)) / enterprises)
