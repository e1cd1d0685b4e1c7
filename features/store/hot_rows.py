"""The rows a program reads: hot files of a snapshot, renewed where their feed changed."""

from collections.abc import Iterable
from functools import cache

from features.definitions.entry import own_definition
from features.definitions.library import published
from features.definitions.parts import parts_of
from features.engine.kernel.machine import NEVER
from features.engine.kernel.program import DAYS_OF_A_RECORD, Program, compile_program
from features.engine.kernel.running import FeedRows
from features.lake.hot.building import Wanted, bucket_count, portions, read_segments, stored_files
from features.lake.hot.manifest import holds, lineage, map_feed, read_manifest, renew
from features.lake.hot.segment import Segment, micros_day
from features.lake.lake import Lake
from features.store.feed_sources import connected_from

_TRIES = 5


def current_rows(lake: Lake, program: Program, snapshot: int) -> dict[str, FeedRows]:
    """Every feed's segments in a snapshot, by code. Hot files that are behind are made anew first.

    A snapshot older than the hot files is read from the lake into memory, and the files stay.
    """
    needs = wanted_of(program)
    if snapshot == lake.snapshot():
        renew(lake, needs, snapshot)
    return {one.feed: feed_rows(lake, one, snapshot) for one in needs}


def renew_hot_files(lake: Lake, snapshot: int) -> int:
    """Bring the hot files of every published feature's feeds to a snapshot; returns how many feeds there are."""
    return len(renew(lake, _library_needs(), snapshot))


def feed_rows(lake: Lake, wanted: Wanted, snapshot: int) -> FeedRows:
    """One feed's segments in a snapshot: its hot files where they are of that snapshot, else read anew."""
    code = wanted.feed
    segments = mapped(lake, wanted, lineage(lake, code, snapshot)) or read_feed(lake, wanted, snapshot)
    return FeedRows(segments, connected_on(lake, code, snapshot))


def mapped(lake: Lake, wanted: Wanted, made_of: str) -> tuple[Segment, ...] | None:
    """The hot files of a feed as it is in a lineage; None where there are none."""
    for _ in range(_TRIES):  # a newer set may take these files away between reading the list and opening them
        held = read_manifest(lake).get(wanted.feed)
        if not holds(held, wanted) or held.lineage != made_of:
            return None
        try:
            return map_feed(lake, held)
        except FileNotFoundError:
            continue
    return None


def read_feed(lake: Lake, wanted: Wanted, snapshot: int) -> tuple[Segment, ...]:
    """A feed's segments in memory."""
    stored = stored_files(lake, wanted.feed, snapshot)
    buckets = bucket_count(lake, stored)
    parts = portions(stored, buckets)
    return tuple(segment for part in parts for segment in read_segments(lake, wanted, snapshot, buckets, part))


def connected_on(lake: Lake, code: str, snapshot: int) -> int:
    """The day a feed's first record was known, as the machine counts days."""
    first = connected_from(lake, code, snapshot)
    return NEVER if first is None else micros_day(first)


def wanted_of(program: Program) -> list[Wanted]:
    """What hot rows must hold of the program's feeds: all that any published feature reads of them."""
    published_needs = {one.feed: one for one in _library_needs()}
    return [_join(one, published_needs.get(one.feed)) for one in _needs(program)]


@cache
def _library_needs() -> tuple[Wanted, ...]:
    return tuple(_needs(compile_program({entry.name: own_definition(entry) for entry in parts_of(published())})))


def _needs(program: Program) -> Iterable[Wanted]:
    for feed in program.feeds:
        columns = tuple(sorted(feed.columns[len(DAYS_OF_A_RECORD) :]))
        yield Wanted(feed.contract.code, columns, tuple(sorted({table.column for table in feed.tables})))


def _join(one: Wanted, other: Wanted | None) -> Wanted:
    if other is None:
        return one
    columns, worded = {*one.columns, *other.columns}, {*one.worded, *other.worded}
    return Wanted(one.feed, tuple(sorted(columns)), tuple(sorted(worded)))
