"""The records behind values of one enterprise, now: what an answer cites, from the rows its values were computed of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

import numpy as np

from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.definitions.library import find_feature
from features.engine.algebra import Feature, count, group_leaves, own_leaves
from features.engine.kernel import machine
from features.engine.kernel.aggregates import citing
from features.engine.kernel.expressions import FIRST_DAY
from features.engine.kernel.program import compile_program
from features.engine.windows import ever
from features.lake.derived import tied_by
from features.lake.lake import Lake
from features.lake.memory import until_erasure
from features.store.evidence import TIES
from features.store.hot_rows import cited_by
from features.store.live_rows import LiveRows, open_rows
from features.store.live_spine import CHUNK, ROOM, Days, DaysKept, hot_stamp
from features.store.permission import permit
from features.store.population import peers_day
from features.store.record_ids import id_of
from features.store.subjects import code_in

Key = tuple[int, str, int]
"""A record: its event day as the machine counts days, its feed and its number."""
_ROOM = 1_024
"""Records there is room for at first."""
_NO_FINISH = (np.empty((0, 4), np.int64), np.empty(0))
_NO_OUTPUTS, _NO_VALUES = np.empty(0, np.int64), np.empty((0, 1))


class Citation(NamedTuple):
    """One record that entered a value."""

    record_id: str
    feed: str
    department: str
    event_date: date


@dataclass(frozen=True)
class Cited:
    """The records behind some features of one enterprise, each once; their texts are looked up when they are told."""

    lake: Lake
    snapshot: int
    enterprise_id: int
    by_feature: Mapping[str, frozenset[Key]] = field(default_factory=dict)

    def count(self, features: Iterable[str]) -> int:
        """How many entered any of some features."""
        return len(self._behind(features))

    def newest(self, features: Iterable[str], most: int) -> list[Citation]:
        """The newest of those that entered any of some features, the newest first, then by feed and record id."""
        behind = self._behind(features)
        if len(behind) > most:
            last = sorted([day for day, _, _ in behind])[-most]
            behind = frozenset(key for key in behind if key[0] >= last)
        told = sorted([(-day, feed, self._id(feed, number)) for day, feed, number in behind])
        return [
            Citation(record_id, feed, find_feed(feed).department, FIRST_DAY + timedelta(days=-back))
            for back, feed, record_id in told[:most]
        ]

    def records(self, features: Iterable[str]) -> list[tuple[str, str]]:
        """Feed and record id of all that entered any of some features."""
        return sorted((feed, self._id(feed, number)) for _, feed, number in self._behind(features))

    def _behind(self, features: Iterable[str]) -> frozenset[Key]:
        return frozenset[Key]().union(*[self.by_feature[name] for name in features])

    def _id(self, feed: str, number: int) -> str:
        return id_of(self.lake, feed, number, self.enterprise_id, self.snapshot)


def cited(
    lake: Lake,
    names: Iterable[str],
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int,
    used_on: date | None = None,
    among: tuple[str, ...] = (),
) -> Cited:
    """The records that entered each of several features; the same as `lineage.evidence` tells, without their values.

    Of a derived feed it is the enterprise's own records that tie it to the others, never theirs. used_on: the day by
    whose law records are used, `as_of` unless said. among: features that are asked about again and again, these among
    them: what is made ready for a call is made for all of them.
    """
    names = tuple(dict.fromkeys(names))
    permit(grant, map(find_feature, names), code_in(lake, enterprise_id, snapshot))
    question = _question(lake, among if {*names} <= {*among} else names, snapshot, hot_stamp(lake))
    own = {name: question.own[name] for name in names}
    groups = {name: question.groups[name] for name in names if question.groups[name]}
    then = peers_day(as_of)
    found = _asked(lake, question, own, enterprise_id, (as_of, used_on or as_of), snapshot)
    peers = _asked(lake, question, groups, enterprise_id, (then, then), snapshot)
    return Cited(lake, snapshot, enterprise_id, found | {name: keys | found[name] for name, keys in peers.items()})


def _asked(
    lake: Lake, question: "_Question", wanted: "_Places", enterprise_id: int, days: Days, snapshot: int
) -> dict[str, frozenset[Key]]:
    """The records that entered some aggregates of each feature, of derived feeds the enterprise's own."""
    found = question.ask(wanted, enterprise_id, days)
    if not question.derived:
        return found
    return _of_own(found, question.derived, _ties(lake, snapshot, hot_stamp(lake)), enterprise_id, days[0])


def _of_own(
    found: dict[str, frozenset[Key]], derived: frozenset[str], ties: "_Question", enterprise_id: int, as_of: date
) -> dict[str, frozenset[Key]]:
    """The same, with the enterprise's own records instead of those of derived feeds, which cite them by number."""
    tied = {name: {tied_by(number) for _, feed, number in keys if feed in derived} for name, keys in found.items()}
    if not any(tied.values()):
        return found
    own = frozenset[Key]().union(*ties.ask(ties.own, enterprise_id, (as_of, as_of)).values())
    return {
        name: frozenset(key for key in keys if key[1] not in derived) | {key for key in own if key[1:] in tied[name]}
        for name, keys in found.items()
    }


_Places = Mapping[str, Sequence[int]]
"""Of each feature the places of aggregates in a program."""


@dataclass(frozen=True)
class _Question:
    """A program that cites, bound to rows. own: what each feature makes of own records as of the day read. groups: what
    makes its group of peers, as of the day they are looked at. tiers: by aggregate. feeds: by tier.

    derived: the derived feeds among those read.
    """

    rows: LiveRows
    days: DaysKept
    own: _Places
    groups: _Places
    tiers: Sequence[int]
    feeds: Sequence[int]
    codes: Sequence[str]
    derived: frozenset[str]

    def ask(self, wanted: _Places, enterprise_id: int, days: Days) -> dict[str, frozenset[Key]]:
        """The rows that entered some aggregates of each feature, those of derived feeds by the numbers they cite."""
        places = sorted({place for listed in wanted.values() for place in listed})
        keys: dict[int, list[Key]] = {place: [] for place in places}
        for line, day, number in self._lines(places, enterprise_id, days) if places else ():
            place = places[line]
            keys[place].append((day, self.codes[self.feeds[self.tiers[place]]], number))
        return {name: frozenset(key for place in listed for key in keys[place]) for name, listed in wanted.items()}

    def _lines(self, places: Sequence[int], enterprise_id: int, days: Days) -> list[list[int]]:
        """What the machine writes down of some aggregates: the place among them, event day and number of each row."""
        program, of = self.rows.bound.program, [self.tiers[place] for place in places]
        needed = sorted(set(of))
        of_feed = [self.feeds[tier] for tier in needed]
        bound, segments, held = self.rows.segments_for(enterprise_id, of_feed)
        feeds, tiers = bound[of_feed], program.tiers[needed]
        feeds[:, machine.TIERS] = np.arange(len(needed))  # each is asked as if it were a feed's only one
        feeds[:, machine.TIERS + 1] = feeds[:, machine.TIERS] + 1
        tiers[:, machine.AGGREGATES] = np.searchsorted(of, needed, side="left")
        tiers[:, machine.AGGREGATES + 1] = np.searchsorted(of, needed, side="right")
        given = (feeds, tiers, program.steps, program.aggregates[places], *_NO_FINISH, program.literals, _NO_OUTPUTS)
        spine, room = self.days.spine(enterprise_id, days), _ROOM
        while True:
            lines = np.zeros((1 + room, machine.CITED_FACTS), np.int64)
            machine.compute((*given, program.registers), segments, spine, CHUNK, ROOM, _NO_VALUES, lines)
            room = int(lines[0, 0])
            if room < len(lines):
                del held  # until here: its memory was read by address
                listed: list[list[int]] = lines[1 : 1 + room].tolist()
                return listed


@until_erasure(maxsize=64)
def _question(lake: Lake, names: tuple[str, ...], snapshot: int, _hot: int) -> _Question:
    definitions = {name: find_feature(name).definition for name in names}
    own = {name: tuple(own_leaves(definition)) for name, definition in definitions.items()}
    groups = {name: tuple(group_leaves(definition)) for name, definition in definitions.items()}
    return _opened(lake, own, groups, snapshot)


@until_erasure(maxsize=8)
def _ties(lake: Lake, snapshot: int, _hot: int) -> _Question:
    """All of an enterprise's own records that may tie it to others."""
    leaves = {contract.code: (Feature(feed=contract, take=count(), within=ever()),) for contract, _ in TIES}
    return _opened(lake, leaves, {}, snapshot)


_Leaves = Mapping[str, Sequence[Feature]]


def _opened(lake: Lake, own: _Leaves, groups: _Leaves, snapshot: int) -> _Question:
    listed = [leaf for leaves in (*own.values(), *groups.values()) for leaf in leaves]
    program = compile_program({str(number): leaf for number, leaf in enumerate(listed)}, taking=citing(cited_by))
    places = iter(program.taken())
    of_feed, of_tier = program.feed_facts[:, machine.TIERS + 1], program.tiers[:, machine.AGGREGATES + 1]
    return _Question(
        rows=open_rows(lake, program, snapshot),
        days=DaysKept(program),
        own={name: list(islice(places, len(leaves))) for name, leaves in own.items()},
        groups={name: list(islice(places, len(leaves))) for name, leaves in groups.items()},
        tiers=np.searchsorted(of_tier, np.arange(len(program.aggregates)), side="right").tolist(),
        feeds=np.searchsorted(of_feed, np.arange(len(program.tiers)), side="right").tolist(),
        codes=[feed.contract.code for feed in program.feeds],
        derived=frozenset(feed.contract.code for feed in program.feeds if feed.contract.derived_from),
    )
