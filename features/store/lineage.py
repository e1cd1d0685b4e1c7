"""From values back to the records that entered them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bureau.grant import ReadGrant
from features.contracts.contract import Contract
from features.definitions.library import find_feature
from features.definitions.parts import is_population
from features.engine.algebra import Feature, Kind, group_leaves, own_leaves
from features.engine.day_sql import OneDay
from features.engine.feed_scan import enters, visible
from features.lake.freshness import StaleFeed, stale_feeds
from features.lake.lake import Lake
from features.lake.marks import RecordMark, marks_of
from features.lake.reading import visible_sql
from features.store.computation import used
from features.store.connections import live_connection
from features.store.evidence import Evidence, own_ties
from features.store.live import cohort_of, live_vector
from features.store.live_kernel import Value
from features.store.permission import permit
from features.store.population import Cohort, peers_day
from features.store.subjects import code_of

NEWEST_ALONE = (Kind.LATEST, Kind.DAYS_SINCE_LAST)
OLDEST_ALONE = (Kind.DAYS_SINCE_FIRST,)
"""Aggregates that one record decides, in the order of `latest`: event date, day known, record number."""


@dataclass(frozen=True)
class Explanation:
    """A value and the records it was made of: from these alone it can be computed again. Oldest event first.

    marks: of those records the ones under objection, review or suit on the day read. cohort: of a figure of peers,
    which never cites their records, the group and its size. stale: of its feeds those silent too long on that day.
    """

    name: str
    value: Value
    records: tuple[Evidence, ...]
    marks: tuple[RecordMark, ...] = ()
    cohort: Cohort | None = None
    stale: tuple[StaleFeed, ...] = ()


@dataclass(frozen=True)
class Part:
    """One aggregate of one feature."""

    name: str
    leaf: Feature


def explain(
    lake: Lake,
    name: str,
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int | None = None,
    used_on: date | None = None,
) -> Explanation:
    """The value of a feature of one enterprise as of a day, and every record that entered it.

    used_on: the day by whose law records are used, `as_of` unless said.
    Raises `UnknownName`, and `FieldNotGranted` before anything is read.
    """
    snapshot = lake.snapshot() if snapshot is None else snapshot
    value = live_vector(lake, [name], enterprise_id, as_of, grant, snapshot, used_on)[name]
    records = evidence(lake, [name], enterprise_id, as_of, grant, snapshot, used_on)[name]
    marked = marks_of(lake, [(record.feed, record.record_id) for record in records], as_of)
    marks = tuple(mark for found in marked.values() for mark in found)
    entry = find_feature(name)
    cohort = cohort_of(lake, name, enterprise_id, as_of, snapshot) if is_population(entry) else None
    stale = stale_feeds(lake, as_of, entry.feeds, snapshot)
    return Explanation(name, value, records, marks, cohort, tuple(stale.values()))


def evidence(
    lake: Lake,
    names: Iterable[str],
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int | None = None,
    used_on: date | None = None,
) -> dict[str, tuple[Evidence, ...]]:
    """The records that entered each of several features, oldest event first; each feed is read once for all.

    What makes a group of peers is read as of the day they are looked at, as their figure is.
    A record that entered several parts of a feature stands once, with the columns of all of them. Of a derived feed
    it is the enterprise's own records that tie it to the others, never theirs.
    """
    entries = [find_feature(name) for name in dict.fromkeys(names)]
    permit(grant, entries, code_of(lake, enterprise_id))
    snapshot = lake.snapshot() if snapshot is None else snapshot
    own = [Part(entry.name, leaf) for entry in entries for leaf in own_leaves(entry.definition)]
    group = [Part(entry.name, leaf) for entry in entries for leaf in group_leaves(entry.definition)]
    found: dict[str, dict[tuple[str, str], Evidence]] = {entry.name: {} for entry in entries}
    for parts, days in ((own, (as_of, used_on)), (group, (peers_day(as_of), None))):
        for name, record in _entered(lake, parts, enterprise_id, days, snapshot):
            key = (record.feed, record.record_id)
            seen = found[name].get(key)
            found[name][key] = record if seen is None else _merged(seen, record)
    return {name: _oldest_first(records.values()) for name, records in found.items()}


def _entered(
    lake: Lake, parts: Sequence[Part], enterprise_id: int, days: tuple[date, date | None], snapshot: int
) -> Iterator[tuple[str, Evidence]]:
    """Feature name and record, for each record that entered a part of the feature; each feed is read once.

    days: the day read, and the day of use.
    """
    for contract in {part.leaf.feed.code: part.leaf.feed for part in parts}.values():
        of_feed = [part for part in parts if part.leaf.feed is contract]
        yield from _entered_of_feed(lake, contract, of_feed, enterprise_id, days, snapshot)


def _entered_of_feed(
    lake: Lake,
    contract: Contract,
    parts: Sequence[Part],
    enterprise_id: int,
    days: tuple[date, date | None],
    snapshot: int,
) -> list[tuple[str, Evidence]]:
    """The same of the records of one feed."""
    day = OneDay([part.leaf for part in parts])
    read_by_parts = (column for part in parts for column in part.leaf.reads)
    columns = tuple(dict.fromkeys((*read_by_parts, *(("tie_no",) if contract.derived_from else ()))))
    selected = ", ".join(("f.record_id", "f.event_date AS happened_on", *(f"f.{column}" for column in columns)))
    flags = ", ".join(f"coalesce({enters(part.leaf, day)}, FALSE)" for part in parts)
    query = (
        f"SELECT {selected}, {flags} FROM {visible_sql(lake, contract, snapshot)} f"
        f" WHERE f.enterprise_id = $enterprise_id AND {visible(contract, day)}"
        " ORDER BY f.event_date, f.known_from, f.record_no"
    )
    statement = live_connection().extract_statements(query)[0]
    given = used(statement, {**day.parameters(*days), "enterprise_id": enterprise_id})
    rows = live_connection().execute(statement, given).fetchall()
    found = []
    for number, part in enumerate(parts):
        flag = 2 + len(columns) + number
        deciding = _deciding(part.leaf.take.kind, [row for row in rows if row[flag]])
        if contract.derived_from:
            ties = {row[2 + columns.index("tie_no")] for row in deciding}
            found += [(part.name, own) for own in own_ties(lake, enterprise_id, ties, days[0], snapshot)]
            continue
        for row in deciding:
            read = dict(zip(columns, row[2:], strict=False))
            values = {column: read[column] for column in part.leaf.reads}
            found.append((part.name, Evidence(row[0], contract.code, contract.department, row[1], values)))
    return found


def _deciding(kind: Kind, entered: list[Any]) -> list[Any]:
    """Of the records inside the window those the aggregate depends on."""
    if kind in NEWEST_ALONE:
        return entered[-1:]
    return entered[:1] if kind in OLDEST_ALONE else entered


def _merged(one: Evidence, other: Evidence) -> Evidence:
    return Evidence(one.record_id, one.feed, one.department, one.event_date, one.values | other.values)


def _oldest_first(records: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(records, key=lambda record: (record.event_date, record.feed, record.record_id)))
