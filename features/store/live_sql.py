"""One enterprise now by SQL: the city's query, its text parsed once per set of features and snapshot."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date

import duckdb

from features.definitions.entry import own_definition
from features.definitions.library import find_part
from features.engine.algebra import leaves
from features.engine.day_sql import OneDay
from features.engine.duckdb_sql import feature_query, feeds
from features.engine.feed_scan import Source
from features.lake.lake import Lake
from features.lake.memory import times_forgotten
from features.store.computation import used
from features.store.connections import live_connection
from features.store.feed_sources import feed_sources
from features.store.subjects import known_from

Value = float | str | None
SPINE = "(SELECT 0 AS row_no, $enterprise_id::INTEGER AS enterprise_id, $known_from::BIGINT AS enterprise_known_from)"
_KEPT = 64
"""Parsed queries a thread keeps: a handful of models and products, and a few snapshots while one replaces another."""

_threads = threading.local()


@dataclass(frozen=True)
class LiveQuery:
    """A parsed query and the day whose parameters it takes."""

    statement: duckdb.Statement
    day: OneDay


def live_by_sql(
    lake: Lake, names: tuple[str, ...], enterprise_id: int, days: tuple[date, date], snapshot: int
) -> dict[str, Value]:
    """Values by name, in the order of the names; None is unknown. days: the day read and the day of use."""
    query = _query(lake, names, snapshot)
    subject = {"enterprise_id": enterprise_id, "known_from": known_from(lake, snapshot, enterprise_id)}
    parameters = used(query.statement, {**query.day.parameters(*days), **subject})
    _row_no, *values = live_connection().execute(query.statement, parameters).fetchall()[0]
    return dict(zip(names, values, strict=True))


def _query(lake: Lake, names: tuple[str, ...], snapshot: int) -> LiveQuery:
    """This thread's parsed query; parsing costs more than reading one enterprise."""
    if not hasattr(_threads, "queries"):
        _threads.queries = OrderedDict()
    queries: OrderedDict[tuple[Lake, tuple[str, ...], int, int], LiveQuery] = _threads.queries
    key = (lake, names, snapshot, times_forgotten())
    if key not in queries:
        queries[key] = _parse(lake, names, snapshot)
    queries.move_to_end(key)
    while len(queries) > _KEPT:
        queries.popitem(last=False)
    return queries[key]


def _parse(lake: Lake, names: tuple[str, ...], snapshot: int) -> LiveQuery:
    wanted = {name: own_definition(find_part(name)) for name in names}
    sources = {
        code: Source(f"(SELECT * FROM {source.records} WHERE enterprise_id = $enterprise_id)", source.connected_from)
        for code, source in feed_sources(lake, feeds(wanted.values()), snapshot).items()
    }
    day = OneDay(leaf for definition in wanted.values() for leaf in leaves(definition))
    text = feature_query(wanted, sources, SPINE, day, alone=True)
    return LiveQuery(live_connection().extract_statements(text)[0], day)
