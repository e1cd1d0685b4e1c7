"""The rows a program reads: hot files of a snapshot, or the lake's files bucket by bucket where there are none."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from features.contracts.contract import Contract
from features.definitions.entry import own_definition
from features.definitions.library import kept
from features.definitions.parts import parts_of
from features.engine.kernel.binding import Bound, FeedRows, bind
from features.engine.kernel.expressions import DAYS_OF_A_RECORD
from features.engine.kernel.machine import NEVER
from features.engine.kernel.program import Program, compile_program
from features.lake.deriving import derive
from features.lake.hot.building import PORTION, bucket_count, compacted, portions, read_bucket, read_segments
from features.lake.hot.manifest import holds, is_fresh, lineage, map_feed, read_manifest, renew
from features.lake.hot.segment import Segment, micros_day, packed
from features.lake.hot.wanted import RECORD_NO, Wanted, stored_files
from features.lake.lake import Lake
from features.store.feed_sources import connected_from

NUMBERED = 10_000_000
"""Rows of a feed up to which hot files keep the numbers of its records, 8 bytes each; of a larger one an answer looks
the few it cites up in the lake."""
THREADS = 2
_TRIES = 5


@dataclass(frozen=True)
class RowSource:
    """The rows of a program, a bucket of enterprises after the other. at_once: any bucket's answer is all of them."""

    buckets: int
    bound: Callable[[int], Bound]
    at_once: bool


def kept_rows(lake: Lake, program: Program, snapshot: int) -> RowSource:
    """Rows in hot files, made anew first where they are behind: for work that comes back to them.

    A snapshot older than the hot files is read from the lake into memory, and the files stay.
    """
    needs = wanted_of(program)
    if snapshot == lake.snapshot():
        held = read_manifest(lake)
        behind = [one for one in needs if not is_fresh(lake, held, _cited(one), snapshot)]
        renew(lake, [_numbered(lake, one, snapshot) for one in behind], snapshot)
    return _held_rows(lake, program, needs, snapshot)


def passing_rows(lake: Lake, program: Program, snapshot: int) -> RowSource:
    """Rows for one pass: hot files where they are of the snapshot, else the lake's files, a bucket in memory at a time.

    Making hot files of what is read once would cost more than the reading.
    """
    held, needs = read_manifest(lake), wanted_of(program)
    if all(is_fresh(lake, held, one, snapshot) for one in needs):
        return _held_rows(lake, program, needs, snapshot)
    connected = connected_on(lake, (one.feed for one in needs), snapshot)
    plans = [_plan(lake, one, snapshot, connected[one.feed]) for one in _needs(program)]
    whole = {plan.wanted.feed: _whole(lake, plan, snapshot) for plan in plans if not plan.in_buckets}
    divided = sorted((plan for plan in plans if plan.in_buckets), key=lambda plan: -plan.rows)
    buckets = lake.buckets if divided else 1

    def bound(bucket: int) -> Bound:
        with ThreadPoolExecutor(THREADS) as pool:
            read = pool.map(lambda plan: _one_bucket(lake, plan, snapshot, bucket, buckets), divided)
            return bind(program, whole | {plan.wanted.feed: rows for plan, rows in zip(divided, read, strict=True)})

    return RowSource(buckets, bound, at_once=buckets == 1)


def _held_rows(lake: Lake, program: Program, needs: Iterable[Wanted], snapshot: int) -> RowSource:
    """All rows at once, of each feed its hot files where they are of the snapshot, else read anew."""
    segments = {one.feed: _segments(lake, one, snapshot) for one in needs}
    connected = connected_on(lake, segments, snapshot)
    bound = bind(program, {feed: FeedRows(rows, connected[feed]) for feed, rows in segments.items()})
    return RowSource(lake.buckets, lambda _bucket: bound, at_once=True)


@dataclass(frozen=True)
class _Plan:
    """How a feed is read for one pass. files: its one file of each bucket, None where rows lie in others too."""

    wanted: Wanted
    rows: int
    files: dict[int, Path] | None
    connected_on: int

    @property
    def in_buckets(self) -> bool:
        """Whether it is read a bucket at a time: its rows lie so, or are too many to be held."""
        return bool(self.files) or self.rows > PORTION


def _plan(lake: Lake, wanted: Wanted, snapshot: int, connected_on: int) -> _Plan:
    if wanted.contract.derived_from and snapshot == lake.snapshot():
        derive(lake, wanted.contract, snapshot)  # once, and not in the query of every bucket
    rows = sum(file.rows for file in stored_files(lake, wanted.feed, snapshot))
    files = compacted(lake, wanted.feed, snapshot)
    return _Plan(wanted, rows, files, connected_on)


def _whole(lake: Lake, plan: _Plan, snapshot: int) -> FeedRows:
    return FeedRows(read_feed(lake, plan.wanted, snapshot), plan.connected_on)


def _one_bucket(lake: Lake, plan: _Plan, snapshot: int, bucket: int, buckets: int) -> FeedRows:
    if plan.files is None:
        segments = tuple(read_segments(lake, plan.wanted, snapshot, buckets, range(bucket, bucket + 1)))
    else:
        segments = (read_bucket(plan.files.get(bucket), plan.wanted, buckets),)
    return FeedRows(segments, plan.connected_on, buckets, bucket)


def renew_hot_files(lake: Lake, snapshot: int) -> int:
    """Bring the hot files of every feature's feeds to a snapshot; returns how many feeds there are."""
    return len(renew(lake, _kept_needs(lake, snapshot), snapshot))


def rows_behind(lake: Lake, snapshot: int) -> int:
    """How many rows `renew_hot_files` would read."""
    held = read_manifest(lake)
    behind = (one.feed for one in _kept_needs(lake, snapshot) if not is_fresh(lake, held, one, snapshot))
    return sum(file.rows for feed in behind for file in stored_files(lake, feed, snapshot))


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
    buckets = bucket_count(lake, stored_files(lake, wanted.feed, snapshot))
    parts = portions(stored_files(lake, wanted.feed, snapshot), buckets)
    return tuple(packed(segment) for part in parts for segment in read_segments(lake, wanted, snapshot, buckets, part))


def connected_on(lake: Lake, codes: Iterable[str], snapshot: int) -> dict[str, int]:
    """The day each feed's first record was known, as the machine counts days."""
    firsts = connected_from(lake, codes, snapshot)
    return {code: NEVER if first is None else micros_day(first) for code, first in firsts.items()}


def wanted_of(program: Program) -> list[Wanted]:
    """What hot rows must hold of the program's feeds: all that any feature reads of them."""
    library_needs = {one.feed: one for one in _library_needs()}
    return [_join(one, library_needs.get(one.feed)) for one in _needs(program)]


def _segments(lake: Lake, wanted: Wanted, snapshot: int) -> tuple[Segment, ...]:
    return mapped(lake, wanted, lineage(lake, wanted.feed, snapshot)) or read_feed(lake, wanted, snapshot)


@cache
def _library_needs() -> tuple[Wanted, ...]:
    return tuple(_needs(compile_program({entry.name: own_definition(entry) for entry in parts_of(kept())})))


def _kept_needs(lake: Lake, snapshot: int) -> list[Wanted]:
    return [_numbered(lake, one, snapshot) for one in _library_needs()]


def _numbered(lake: Lake, wanted: Wanted, snapshot: int) -> Wanted:
    """The same with the numbers its records are cited by, where they are not too many to be kept twice."""
    if sum(file.rows for file in stored_files(lake, wanted.feed, snapshot)) > NUMBERED:
        return wanted
    return _cited(wanted)


def _cited(wanted: Wanted) -> Wanted:
    return replace(wanted, columns=tuple(sorted({*wanted.columns, cited_by(wanted.contract)})))


def cited_by(contract: Contract) -> str:
    """The column whose numbers say which records of an enterprise itself stand behind a row."""
    return "tie_no" if contract.derived_from else RECORD_NO


def _needs(program: Program) -> Iterable[Wanted]:
    for feed in program.feeds:
        columns = tuple(sorted(feed.columns[len(DAYS_OF_A_RECORD) :]))
        yield Wanted(feed.contract.code, columns, tuple(sorted({table.column for table in feed.tables})))


def _join(one: Wanted, other: Wanted | None) -> Wanted:
    if other is None:
        return one
    columns, worded = {*one.columns, *other.columns}, {*one.worded, *other.worded}
    return Wanted(one.feed, tuple(sorted(columns)), tuple(sorted(worded)))
