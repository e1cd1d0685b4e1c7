"""The generated SQL against the same algebra told in plain Python, over random records and random definitions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau.clock import SHANGHAI, known_before, to_micros
from features.contracts.counterparty import COUNTERPARTY
from features.contracts.tax_declaration import TAX_DECLARATION
from features.contracts.tax_grade import TAX_GRADE
from features.engine.admission import leaf_rules
from features.engine.algebra import (
    Aggregate,
    Definition,
    Derived,
    Feature,
    Operation,
    count,
    days_since_first,
    days_since_last,
    distinct,
    exists,
    largest,
    latest,
    leaves,
    mean,
    months_active,
    smallest,
    total,
)
from features.engine.day_sql import ManyDays, OneDay, leaf_bounds
from features.engine.duckdb_sql import feature_query
from features.engine.feed_scan import Source
from features.engine.rows import AS_OF, Condition, Expression, col
from features.engine.windows import Window, days, ever, months, periods
from features.law.horizons import legal_day
from tests.factories.naive import evaluate, newest_known

FEEDS = (TAX_DECLARATION, COUNTERPARTY, TAX_GRADE)  # periods of a month, a quarter and a year
DAYS = tuple(date(2024, 2, 29) + timedelta(days=step) for step in (0, 1, 11, 12, 31, 70, 71, 125, 126, 306))
COLUMNS = {
    "amount": pl.Int64,
    "people": pl.Int32,
    "kind": pl.String,
    "closed_on": pl.Date,
    "disputed": pl.Boolean,
}

amounts: st.SearchStrategy[Expression] = st.sampled_from(
    [col("amount"), col("people"), col("amount") - col("people"), -col("amount") * col("people"), col("amount") + 7]
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(
        [
            col("amount") > 0,
            col("amount") <= col("people"),
            col("kind").equals("a'b"),
            col("kind").one_of("增值税", "x"),
            col("closed_on").is_known(),
            col("closed_on") > AS_OF,
            col("closed_on") < date(2024, 3, 1),
            col("disputed").equals(True),
            col("kind").mapped({"x": 2, "增值税": 1}) >= 1,
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        inner.map(lambda a: ~a),
    ),
    max_leaves=4,
)
aggregates: st.SearchStrategy[Aggregate] = st.one_of(
    st.sampled_from([count(), exists(), days_since_last(), days_since_first(), months_active()]),
    st.sampled_from([distinct, total, smallest, largest, mean, latest]).flatmap(amounts.map),
    st.sampled_from([distinct(col("kind")), latest(col("kind").mapped({"x": 5, "增值税": 1}))]),
)
windows: st.SearchStrategy[Window] = st.one_of(
    st.just(ever()),
    st.builds(
        lambda window, length, before: window(length, before=before),
        st.sampled_from([days, months, periods]),
        st.integers(1, 14),
        st.sampled_from([0, 0, 1, 6]),
    ),
)
features = st.builds(
    lambda feed, take, within, where, missing: Feature(
        feed=feed, take=take, within=within, where=where, missing=missing
    ),
    st.sampled_from(FEEDS),
    aggregates,
    windows,
    st.none() | conditions,
    st.sampled_from([None, 0, 3]),
)
categories = st.builds(
    lambda feed, within: Feature(feed=feed, take=latest(col("kind"), categories=("x", "a'b")), within=within),
    st.sampled_from(FEEDS),
    windows,
)
definitions: st.SearchStrategy[Definition] = st.recursive(
    features, lambda inner: st.builds(Derived, st.sampled_from(Operation), inner, inner), max_leaves=4
)


@dataclass(frozen=True)
class Case:
    """Versions of records as they were received, definitions over them, and a day to read them as of."""

    rows: list[dict[str, Any]]
    wanted: list[Definition]
    as_of: date

    @property
    def named(self) -> dict[str, Definition]:
        return {f"f{number}": definition for number, definition in enumerate(self.wanted)}

    @property
    def leaves(self) -> list[Feature]:
        return [leaf for definition in self.wanted for leaf in leaves(definition)]


def edges(leaf: Feature, as_of: date) -> list[date]:
    """The days on which being a day earlier or later matters."""
    covered = leaf_bounds(leaf, as_of)
    ends = [as_of, covered.until, *([] if covered.after is None else [covered.after])]
    ends += [legal_day(rule, as_of) for rule in leaf_rules(leaf)]
    return [end + timedelta(days=step) for end in ends for step in (-1, 0, 1)]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Records on the edges of the windows asked for, received around the midnight that ends the day."""
    as_of = draw(st.sampled_from(DAYS))
    wanted = draw(st.lists(definitions | categories, min_size=1, max_size=6))
    asked = [leaf for definition in wanted for leaf in leaves(definition)]
    on_edges = sorted({day for leaf in asked for day in edges(leaf, as_of)})
    midnight = datetime.combine(as_of + timedelta(days=1), time(), SHANGHAI)
    received = [midnight + timedelta(microseconds=step) for step in (-(10**12), -2, -1, 0, 1)]
    version = st.fixed_dictionaries(
        {
            "feed": st.sampled_from(sorted({leaf.feed.code for leaf in asked})),
            "enterprise_id": st.sampled_from([1, 1, 1, 2]),
            "record_no": st.integers(1, 6),
            "event_date": st.sampled_from(on_edges),
            "received_at": st.sampled_from(received),
            "op": st.sampled_from(["I", "I", "I", "U", "D"]),
            "amount": st.none() | st.sampled_from([0, 1, 5, 10**12, -3, 2**55]),
            "people": st.none() | st.integers(-2, 3),
            "kind": st.none() | st.sampled_from(["增值税", "x", "a'b", ""]),
            "closed_on": st.none() | st.sampled_from([as_of, as_of + timedelta(days=1), date(2024, 2, 29)]),
            "disputed": st.none() | st.booleans(),
        }
    )
    return Case(numbered(draw(st.lists(version, max_size=16))), wanted, as_of)


def numbered(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Versions counted up per record in the order they were drawn, which is not the order they were received in."""
    counts: dict[str, int] = {}
    rows = []
    for row in drawn:
        record = f"{row['feed']}-{row['record_no']}"
        counts[record] = counts.get(record, 0) + 1
        rows.append(row | {"record_id": record, "version": counts[record]})
    return rows


def intervals(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """What a lake shows: each version with the instants between which it was the newest known."""
    shown = []
    for row in rows:
        outranking = [
            other["received_at"]
            for other in rows
            if other["record_id"] == row["record_id"] and other["version"] > row["version"]
        ]
        known_to = min(outranking, default=None)
        if row["op"] != "D" and (known_to is None or known_to > row["received_at"]):
            ends = None if known_to is None else to_micros(known_to)
            shown.append(row | {"known_from": to_micros(row["received_at"]), "known_to": ends})
    schema = {
        "feed": pl.String,
        "enterprise_id": pl.Int32,
        "record_no": pl.Int64,
        "event_date": pl.Date,
        "known_from": pl.Int64,
        "known_to": pl.Int64,
        **COLUMNS,
    }
    return pl.DataFrame([{name: row[name] for name in schema} for row in shown], schema=schema, orient="row")


def connected_from(rows: Sequence[dict[str, Any]], feed: str) -> int | None:
    return min((to_micros(row["received_at"]) for row in rows if row["feed"] == feed), default=None)


def known_since(rows: Sequence[dict[str, Any]], enterprise_id: int) -> int | None:
    own = [to_micros(row["received_at"]) for row in rows if row["enterprise_id"] == enterprise_id]
    return min(own, default=None)


def expected(rows: list[dict[str, Any]], definition: Definition, enterprise_id: int | None, as_of: date) -> Any:
    cutoff = to_micros(known_before(as_of))
    since = None if enterprise_id is None else known_since(rows, enterprise_id)
    current = [row for row in newest_known(rows, as_of) if row["enterprise_id"] == enterprise_id]
    connected = [
        feed.code
        for feed in FEEDS
        if since is not None and since < cutoff and (first := connected_from(rows, feed.code)) and first < cutoff
    ]
    return evaluate(
        definition, {feed.code: [r for r in current if r["feed"] == feed.code] for feed in FEEDS}, as_of, connected
    )


def run(rows: list[dict[str, Any]], wanted: dict[str, Definition], spine: pl.DataFrame, day: Any, **given: Any) -> Any:
    shown = intervals(rows)
    sources = {
        feed.code: Source(f"(SELECT * FROM shown WHERE feed = '{feed.code}')", connected_from(rows, feed.code))
        for feed in FEEDS
    }
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("shown", shown)
        connection.register("spine", spine)
        statement = connection.extract_statements(feature_query(wanted, sources, "spine", day))[0]
        parameters = {name: value for name, value in given.items() if name in statement.named_parameters}
        return connection.sql(statement, params=parameters).pl()


def spine_of(rows: list[dict[str, Any]], places: list[int | None]) -> pl.DataFrame:
    since = [None if one is None else known_since(rows, one) for one in places]
    return pl.DataFrame(
        {
            "row_no": range(len(places)),
            "enterprise_id": pl.Series(places, dtype=pl.Int32),
            "enterprise_known_from": pl.Series(since, dtype=pl.Int64),
        }
    )


@settings(max_examples=70)
@given(case=cases())
def test_one_day_equals_the_algebra_told_slowly(case: Case) -> None:
    places = [1, None, 2, 1]
    day = OneDay(case.leaves)
    table = run(case.rows, case.named, spine_of(case.rows, places), day, **day.parameters(case.as_of))
    assert table.drop("row_no").rows() == [
        tuple(expected(case.rows, definition, one, case.as_of) for definition in case.wanted) for one in places
    ]


@settings(max_examples=50)
@given(case=cases(), others=st.lists(st.sampled_from(DAYS), min_size=3, max_size=3))
def test_many_days_equal_the_algebra_told_slowly(case: Case, others: list[date]) -> None:
    read_days = [case.as_of, case.as_of, *others]
    places = [1, None, 2, 1, 1]
    days_read = ManyDays(sorted(set(read_days)), case.leaves)
    spine = spine_of(case.rows, places).with_columns(as_of=pl.Series(read_days)).join(days_read.frame, on="as_of")
    table = run(case.rows, case.named, spine, days_read)
    assert table.drop("row_no").rows() == [
        tuple(expected(case.rows, definition, one, as_of) for definition in case.wanted)
        for one, as_of in zip(places, read_days, strict=True)
    ]


@settings(max_examples=30)
@given(case=cases())
def test_what_becomes_known_later_changes_nothing_earlier(case: Case) -> None:
    known_then = [row for row in case.rows if row["received_at"] < known_before(case.as_of)]
    day = OneDay(case.leaves)

    def values(rows: list[dict[str, Any]]) -> Any:
        return run(rows, case.named, spine_of(rows, [1, 2]), day, **day.parameters(case.as_of)).rows()

    assert values(case.rows) == values(known_then)


BLANK = dict.fromkeys(COLUMNS) | {"feed": "F15", "enterprise_id": 1, "event_date": date(2025, 6, 30), "op": "I"}
NOON = datetime(2025, 7, 1, 4, tzinfo=UTC)
EVERY = [
    count(),
    exists(),
    days_since_last(),
    days_since_first(),
    months_active(),
    *(take(col("amount")) for take in (distinct, total, smallest, largest, mean, latest)),
]


def value(wanted: Feature, *changes: dict[str, Any]) -> Any:
    """One feature of enterprise 1 as of 1 July 2025, over blank records of the day before with some changes."""
    rows = numbered([BLANK | {"record_no": n, "received_at": NOON} | change for n, change in enumerate(changes)])
    day = OneDay(leaves(wanted))
    return run(rows, {"f": wanted}, spine_of(rows, [1]), day, **day.parameters(date(2025, 7, 1)))["f"].item()


@pytest.mark.parametrize("take", EVERY, ids=lambda take: take.kind.value)
def test_of_no_record_that_enters_every_aggregate_is_missing(take: Aggregate) -> None:
    wanted = Feature(feed=TAX_DECLARATION, take=take, within=ever(), where=col("kind").equals("x"))
    assert value(wanted, {"kind": "y", "amount": 5}) is None
    assert value(replace(wanted, missing=7), {"kind": "y", "amount": 5}) == 7


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"record_no": 9, "event_date": date(2025, 6, 29)}, {"record_no": 1}, id="the later event"),
        pytest.param(
            {"record_no": 9}, {"record_no": 1, "received_at": NOON + timedelta(seconds=1)}, id="then the later known"
        ),
        pytest.param({"record_no": 1}, {"record_no": 9}, id="then the higher number"),
    ],
)
def test_latest_prefers(first: dict[str, Any], second: dict[str, Any]) -> None:
    wanted = Feature(feed=TAX_DECLARATION, take=latest(col("amount")), within=ever())
    assert value(wanted, first | {"amount": 1}, second | {"amount": 2}) == 2
    assert value(wanted, second | {"amount": 2}, first | {"amount": 1}) == 2


def test_the_latest_record_counts_even_where_it_says_nothing() -> None:
    wanted = Feature(feed=TAX_DECLARATION, take=latest(col("amount")), within=ever(), missing=0)
    assert value(wanted, {"amount": 1, "event_date": date(2025, 6, 1)}, {"amount": None}) == 0


@pytest.mark.parametrize(
    ("received", "expected_count"),
    [
        pytest.param(datetime(2025, 7, 1, 16, tzinfo=UTC) - timedelta(microseconds=1), 1, id="just before midnight"),
        pytest.param(datetime(2025, 7, 1, 16, tzinfo=UTC), 0, id="midnight in Shanghai is the next day"),
    ],
)
def test_a_day_ends_at_midnight_in_shanghai(received: datetime, expected_count: int) -> None:
    known_long = {"received_at": NOON - timedelta(days=9), "event_date": date(2025, 1, 1)}
    wanted = Feature(feed=TAX_DECLARATION, take=count(), within=days(30), missing=0)
    assert value(wanted, known_long, {"received_at": received}) == expected_count
