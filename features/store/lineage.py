"""From a value back to the records that entered it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from bureau.grant import ReadGrant
from features.definitions.library import find_feature
from features.engine.algebra import Feature, Kind, leaves
from features.engine.day_sql import OneDay
from features.engine.feed_scan import enters, visible
from features.lake.lake import Lake
from features.lake.reading import visible_sql
from features.store.computation import used
from features.store.connections import live_connection
from features.store.live import Value, live_vector

ENTERS_ALONE = {
    Kind.LATEST: "f.event_date DESC, f.known_from DESC, f.record_no DESC",
    Kind.DAYS_SINCE_LAST: "f.event_date DESC, f.known_from DESC, f.record_no DESC",
    Kind.DAYS_SINCE_FIRST: "f.event_date, f.known_from, f.record_no",
}
"""Aggregates that one record decides, and the order in which it comes first."""


@dataclass(frozen=True)
class Evidence:
    """One record that entered a value; `values`: the columns that the feature read."""

    record_id: str
    feed: str
    department: str
    event_date: date
    values: dict[str, Any]


@dataclass(frozen=True)
class Explanation:
    """A value and the records it was made of: from these alone it can be computed again. Oldest event first."""

    name: str
    value: Value
    records: tuple[Evidence, ...]


def explain(
    lake: Lake,
    name: str,
    enterprise_id: int,
    as_of: date,
    grant: ReadGrant,
    snapshot: int | None = None,
) -> Explanation:
    """The value of a feature of one enterprise as of a day, and every record that entered it.

    A record that entered several parts of the feature stands once, with the columns of all of them.
    Raises `UnknownName`, and `FieldNotGranted` before anything is read.
    """
    snapshot = lake.snapshot() if snapshot is None else snapshot
    value = live_vector(lake, [name], enterprise_id, as_of, grant, snapshot)[name]
    found: dict[tuple[str, str], Evidence] = {}
    for leaf in leaves(find_feature(name).definition):
        for record in _entered(lake, leaf, enterprise_id, as_of, snapshot):
            key = (record.feed, record.record_id)
            seen = found.get(key)
            found[key] = record if seen is None else _merged(seen, record)
    ordered = sorted(found.values(), key=lambda record: (record.event_date, record.feed, record.record_id))
    return Explanation(name, value, tuple(ordered))


def _entered(lake: Lake, leaf: Feature, enterprise_id: int, as_of: date, snapshot: int) -> Iterator[Evidence]:
    day = OneDay([leaf])
    columns = ", ".join(f"f.{column}" for column in dict.fromkeys(("record_id", "event_date", *leaf.reads)))
    order = ENTERS_ALONE.get(leaf.take.kind)
    only = f" ORDER BY {order} LIMIT 1" if order else ""
    query = (
        f"SELECT {columns} FROM {visible_sql(lake, leaf.feed, snapshot)} f"
        f" WHERE f.enterprise_id = $enterprise_id AND {visible(day)} AND {enters(leaf, day)}{only}"
    )
    statement = live_connection().extract_statements(query)[0]
    given = {**day.parameters(as_of), "enterprise_id": enterprise_id}
    rows: pl.DataFrame = live_connection().sql(statement, params=used(statement, given)).pl()
    for row in rows.to_dicts():
        values = {column: row[column] for column in leaf.reads}
        yield Evidence(row["record_id"], leaf.feed.code, leaf.feed.department, row["event_date"], values)


def _merged(one: Evidence, other: Evidence) -> Evidence:
    return Evidence(one.record_id, one.feed, one.department, one.event_date, one.values | other.values)
