"""What live answers of one snapshot read: hot files, and around them what landed since they were made."""

from collections import OrderedDict
from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np

from features.engine.kernel.binding import Bound, FeedRows, bind, describe
from features.engine.kernel.program import Integers, Program
from features.lake.hot.building import read_enterprise
from features.lake.hot.changes import touched
from features.lake.hot.manifest import holds, lineage, read_manifest
from features.lake.hot.segment import Segment
from features.lake.hot.stored import no_rows
from features.lake.hot.wanted import Wanted, stored_files
from features.lake.lake import Lake
from features.lake.memory import forget_also, until_erasure
from features.store.hot_rows import connected_on, mapped, read_feed, wanted_of

_KEPT = 128
FEW = 100_000
"""Rows a feed may have to be read whole into memory when it has no hot files."""


@dataclass(frozen=True)
class Around:
    """A feed whose base is behind: the enterprises to be read from the lake instead; None: every one."""

    wanted: Wanted
    enterprises: frozenset[int] | None

    def concerns(self, enterprise_id: int) -> bool:
        return self.enterprises is None or enterprise_id in self.enterprises


@dataclass(frozen=True)
class LiveRows:
    """A program bound to the rows of one snapshot. around: by the feed's place in the program."""

    lake: Lake
    snapshot: int
    bound: Bound
    around: Mapping[int, Around]

    def segments_for(
        self, enterprise_id: int, wanted: Container[int] | None = None
    ) -> tuple[Integers, Integers, object]:
        """Feed facts and segments as the machine takes them, and what must be held while it reads.

        wanted: the places of the feeds that it will be asked of, all unless said.
        """
        feeds, segments = self.bound.feeds, self.bound.segments
        held: list[object] = []
        for place, around in self.around.items():
            if (wanted is not None and place not in wanted) or not around.concerns(enterprise_id):
                continue
            if not held:
                feeds = feeds.copy()
            segment = _own_segment(self.lake, around.wanted, self.snapshot, enterprise_id)
            line = np.zeros((1, segments.shape[1]), np.int64)
            held += [segment, describe(self.bound.program.feeds[place], [segment], line)]
            feeds[place, :2] = 1, len(segments)  # one bucket of its own, at the end
            segments = np.concatenate([segments, line])
        return feeds, segments, held


def open_rows(lake: Lake, program: Program, snapshot: int) -> LiveRows:
    """The rows of a snapshot for a program, by the best way there is for each feed."""
    rows, around, needs = {}, {}, wanted_of(program)
    connected = connected_on(lake, (wanted.feed for wanted in needs), snapshot)
    for place, wanted in enumerate(needs):
        segments, beside = _base(lake, wanted, snapshot)
        rows[wanted.feed] = FeedRows(segments, connected[wanted.feed])
        if beside is not None:
            around[place] = beside
    return LiveRows(lake, snapshot, bind(program, rows), around)


def _base(lake: Lake, wanted: Wanted, snapshot: int) -> tuple[tuple[Segment, ...], Around | None]:
    made_of = lineage(lake, wanted.feed, snapshot)
    if (current := mapped(lake, wanted, made_of)) is not None:
        return current, None
    held = read_manifest(lake).get(wanted.feed)
    if holds(held, wanted) and held.snapshot <= snapshot:
        changed = touched(lake, wanted.feed, held.snapshot, snapshot)
        older = mapped(lake, wanted, held.lineage)
        if changed is not None and older is not None:
            return older, Around(wanted, changed)
    if sum(file.rows for file in stored_files(lake, wanted.feed, snapshot)) <= FEW:
        return _whole_feed(lake, wanted, snapshot, made_of), None
    return (no_rows(wanted),), Around(wanted, None)


_whole: OrderedDict[tuple[Lake, Wanted, str], tuple[Segment, ...]] = OrderedDict()
forget_also(_whole.clear)


def _whole_feed(lake: Lake, wanted: Wanted, snapshot: int, made_of: str) -> tuple[Segment, ...]:
    """A small feed in memory, kept while its files are the same, whatever the snapshot."""
    key = (lake, wanted, made_of)
    found = _whole.get(key)
    if found is None:
        found = _whole[key] = read_feed(lake, wanted, snapshot)
        while len(_whole) > _KEPT:
            _whole.popitem(last=False)
    return found


@until_erasure(maxsize=1024)
def _own_segment(lake: Lake, wanted: Wanted, snapshot: int, enterprise_id: int) -> Segment:
    return read_enterprise(lake, wanted, snapshot, enterprise_id)
