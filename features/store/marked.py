"""Which rows of a file rest on marked records: a mark travels with every value that its record entered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.definitions.entry import Entry
from features.definitions.library import find_feature
from features.engine.algebra import own_leaves
from features.lake.lake import Lake
from features.lake.marks import Key, RecordMark, marked_records, marks_of
from features.lake.stored import numbers_of_ids
from features.store.lineage import evidence

Marks = tuple[RecordMark, ...]


def marks_of_rows(lake: Lake, names: Iterable[str], rows: pl.DataFrame, grant: ReadGrant, snapshot: int) -> list[Marks]:
    """The marks of the records that entered some features of each row, as of its day.

    rows: `enterprise_id` (null: nobody), `as_of`. Records are looked for only of enterprises that have a marked one,
    and only in the feeds where they have it: few rows of a file, and few features of each.
    """
    days = rows["as_of"].drop_nulls()
    if days.is_empty():
        return [()] * rows.height
    marked = _marked_feeds(lake, marked_records(lake, max(days.to_list())))
    entries = [find_feature(name) for name in names]
    found: dict[tuple[int, date], Marks] = {}
    for enterprise_id, as_of in rows.select("enterprise_id", "as_of").unique().iter_rows():
        if reading := [entry.name for entry in entries if _reads(entry, marked.get(enterprise_id, ()))]:
            found[enterprise_id, as_of] = _marks(lake, reading, enterprise_id, as_of, grant, snapshot)
    return [found.get(row, ()) for row in rows.select("enterprise_id", "as_of").iter_rows()]


def _marked_feeds(lake: Lake, marked: Sequence[Key]) -> Mapping[int, set[str]]:
    """By enterprise the feeds in which it has, or had, a marked record."""
    ids: dict[str, list[str]] = defaultdict(list)
    for feed, record_id in marked:
        ids[feed].append(record_id)
    owners: dict[int, set[str]] = defaultdict(set)
    for feed, record_ids in ids.items():
        for enterprise_id in numbers_of_ids(lake, find_feed(feed), record_ids)["enterprise_id"]:
            owners[enterprise_id].add(feed)
    return owners


def _reads(entry: Entry, feeds: Iterable[str]) -> bool:
    """Whether a feature's own records, or those a derived feed was made of, lie in one of some feeds."""
    contracts = [leaf.feed for leaf in own_leaves(entry.definition)]
    return not {code for one in contracts for code in (one.code, *one.derived_from)}.isdisjoint(feeds)


def _marks(lake: Lake, names: Sequence[str], enterprise_id: int, as_of: date, grant: ReadGrant, snapshot: int) -> Marks:
    entered = evidence(lake, names, enterprise_id, as_of, grant, snapshot)
    keys = [(record.feed, record.record_id) for records in entered.values() for record in records]
    return tuple(mark for marks in marks_of(lake, keys, as_of).values() for mark in marks)
