"""Which values of a file rest on marked records: a mark travels with every value that its record entered."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from bureau.grant import ReadGrant
from features.contracts.feeds import find_feed
from features.definitions.entry import Entry
from features.definitions.library import find_feature
from features.engine.algebra import group_leaves, own_leaves
from features.lake.lake import Lake
from features.lake.marks import Key, RecordMark, marked_records, marks_of
from features.lake.stored import numbers_of_ids
from features.store.lineage import evidence

MARKS = "marks"
"""The key of a file's metadata: a JSON list of the marked records that entered it, each with its enterprise (and row,
where the file's rows are given ones), its day, and the features it entered; an empty list where there is none."""

_Subject = tuple[int, date]
"""An enterprise's number, and the day it is read as of."""


@dataclass(frozen=True)
class MarkedInput:
    """A marked record that entered values of an enterprise as of a day. features: those it entered."""

    enterprise_id: int
    as_of: date
    mark: RecordMark
    features: tuple[str, ...]

    def told(self) -> dict[str, object]:
        """One line of a file's metadata."""
        subject = {"enterprise_id": self.enterprise_id, "as_of": self.as_of}
        return {**subject, **asdict(self.mark), "features": self.features}


@dataclass(frozen=True)
class MarkedReading:
    """What is looked up: the records that entered some features, read from one state of the lake.

    Records are looked for only of enterprises that have a marked one, and only in the feeds where they have it: few
    rows of a city, and few features of each. used_on: the day by whose law records are used, the day read unless said.
    """

    lake: Lake
    names: tuple[str, ...]
    grant: ReadGrant
    snapshot: int
    used_on: date | None = None

    def of_city(self, as_of: date) -> tuple[MarkedInput, ...]:
        """Of every enterprise as of one day, by its number."""
        marked = self._marked(as_of)
        return tuple(self._inputs(((number, as_of) for number in sorted(marked)), marked))

    def of_rows(self, rows: pl.DataFrame) -> dict[int, tuple[MarkedInput, ...]]:
        """By the place of each row that rests on a marked record. rows: `enterprise_id` (null: nobody), `as_of`."""
        days = rows["as_of"].drop_nulls().to_list()
        marked = self._marked(max(days)) if days else {}
        if not marked:
            return {}
        concerned = rows.select("enterprise_id", "as_of").with_row_index("place")
        concerned = concerned.filter(pl.col("enterprise_id").is_in(list(marked)))
        places: dict[_Subject, list[int]] = defaultdict(list)
        for place, number, as_of in concerned.iter_rows():
            places[number, as_of].append(place)
        found: dict[int, tuple[MarkedInput, ...]] = {}
        for one in self._inputs(places, marked):
            for place in places[one.enterprise_id, one.as_of]:
                found[place] = (*found.get(place, ()), one)
        return dict(sorted(found.items()))

    def _marked(self, as_of: date) -> Mapping[int, set[str]]:
        """By enterprise the feeds in which it has, or had, a record marked by a day."""
        ids: dict[str, list[str]] = defaultdict(list)
        for feed, record_id in marked_records(self.lake, as_of):
            ids[feed].append(record_id)
        owners: dict[int, set[str]] = defaultdict(set)
        for feed, record_ids in ids.items():
            for number in numbers_of_ids(self.lake, find_feed(feed), record_ids)["enterprise_id"].drop_nulls():
                owners[number].add(feed)
        return owners

    def _inputs(self, subjects: Iterable[_Subject], marked: Mapping[int, set[str]]) -> Iterator[MarkedInput]:
        read = {name: _feeds(find_feature(name)) for name in self.names} if marked else {}
        for number, as_of in subjects:
            concerned = [name for name, feeds in read.items() if feeds & marked[number]]
            if concerned:
                yield from self._entered(concerned, number, as_of)

    def _entered(self, names: Iterable[str], number: int, as_of: date) -> Iterator[MarkedInput]:
        entered: dict[Key, list[str]] = defaultdict(list)
        found = evidence(self.lake, names, number, as_of, self.grant, self.snapshot, self.used_on)
        for name, records in found.items():
            for record in records:
                entered[record.feed, record.record_id].append(name)
        for key, marks in marks_of(self.lake, entered, as_of).items():
            for mark in marks:
                yield MarkedInput(number, as_of, mark, tuple(entered[key]))


def mark_stamp(inputs: Iterable[MarkedInput]) -> dict[str, str]:
    """What the metadata of a file about a city says of the marked records it rests on."""
    return _stamp(one.told() for one in inputs)


def read_marks(path: Path) -> list[dict[str, Any]]:
    """The marked records that a file's metadata names."""
    lines: list[dict[str, Any]] = json.loads(pl.read_parquet_metadata(path)[MARKS])
    return lines


def marked_among(inputs: Sequence[MarkedInput], numbers: pl.Series) -> tuple[MarkedInput, ...]:
    """Those of some enterprises."""
    wanted = set(numbers) if inputs else set()
    return tuple(one for one in inputs if one.enterprise_id in wanted)


def row_mark_stamp(inputs: Mapping[int, Iterable[MarkedInput]]) -> dict[str, str]:
    """The same of a file of given rows. inputs: by the row's place, from 0, which each line tells."""
    return _stamp({"row": place, **one.told()} for place, ones in inputs.items() for one in ones)


def _stamp(lines: Iterable[Mapping[str, object]]) -> dict[str, str]:
    return {MARKS: json.dumps(list(lines), ensure_ascii=False, default=str)}


def _feeds(entry: Entry) -> set[str]:
    """The feeds in which a feature's own records lie, or those a derived feed was made of."""
    contracts = [leaf.feed for leaf in (*own_leaves(entry.definition), *group_leaves(entry.definition))]
    return {code for one in contracts for code in (one.code, *one.derived_from)}
