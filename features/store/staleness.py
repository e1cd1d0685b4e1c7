"""Which features of a file rest on feeds that were silent too long: it travels with the file and with what is said."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from features.definitions.entry import Entry
from features.lake.freshness import StaleFeed, stale_feeds
from features.lake.lake import Lake

STALE = "stale"
"""The key of a file's metadata: JSON, by feed the features that read it and, by day, when it had last come."""


@dataclass(frozen=True)
class StaleInput:
    """features: those of the file that read the feed. days: on which of its days it was overdue, earliest first."""

    feed: str
    features: tuple[str, ...]
    days: tuple[tuple[date, StaleFeed], ...]

    def __str__(self) -> str:
        day, late = self.days[-1]
        count = len(self.days) - 1
        others = f" and {count:,} other day{'s' if count > 1 else ''}" if count else ""
        told = f"{self.feed} is stale as of {day}{others}: it last came on {late.newest}, was due by {late.due_by}"
        return f"{told}, and is read by {', '.join(self.features)}"


def stale_inputs(lake: Lake, entries: Iterable[Entry], days: Iterable[date], snapshot: int) -> tuple[StaleInput, ...]:
    """Feeds that features read and that were overdue on any of some days, by code."""
    readers: dict[str, list[str]] = {}
    for entry in entries:
        for feed in entry.feeds:
            readers.setdefault(feed, []).append(entry.name)
    found: dict[str, list[tuple[date, StaleFeed]]] = {}
    for day in sorted(set(days)):
        for feed, late in stale_feeds(lake, day, readers, snapshot).items():
            found.setdefault(feed, []).append((day, late))
    return tuple(StaleInput(feed, tuple(readers[feed]), tuple(found[feed])) for feed in sorted(found))


def stale_stamp(inputs: Iterable[StaleInput]) -> dict[str, str]:
    """What a file's metadata says of the stale feeds it rests on; empty JSON where none is."""
    told = {
        one.feed: {
            "features": one.features,
            "last_came_on": {day.isoformat(): late.newest.isoformat() for day, late in one.days},
        }
        for one in inputs
    }
    return {STALE: json.dumps(told)}
