"""The kernel against the same algebra told in plain Python, over random records, definitions and days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contracts.registration import REGISTRATION
from features.contracts.tax_declaration import TAX_DECLARATION
from features.engine.algebra import (
    Definition,
    Feature,
    count,
    distinct,
    largest,
    latest,
    months_active,
    smallest,
    total,
)
from features.engine.kernel import machine, program, running
from features.engine.kernel.binding import FeedRows, bind
from features.engine.kernel.expressions import DAYS_OF_A_RECORD
from features.engine.kernel.program import Program, compile_program
from features.engine.kernel.running import Spine, run
from features.engine.rows import Expression, col
from features.engine.windows import days, ever
from features.lake.hot.building import hot_query, rows_of
from features.lake.hot.packing import Packed
from features.lake.hot.segment import make_segment, micros_day, packed
from tests.features.engine import test_duckdb_sql as told

Row = dict[str, Any]
NOBODY = 99


def typed(contract: Any) -> dict[str, pl.DataType]:
    """The made-up columns of these records."""
    return {name: dtype() for name, dtype in told.COLUMNS.items()} | {"event_date": pl.Date()}


def segments(rows: Sequence[Row], wanted: Program, buckets: int, pack: bool = True) -> dict[str, FeedRows]:
    """The records as hot rows, packed or as they are in memory."""
    shown = told.intervals(rows)
    given_rows = {}
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("shown", shown)
        for feed in wanted.feeds:
            types = typed(feed.contract)
            columns = {name: types[name] for name in feed.columns[len(DAYS_OF_A_RECORD) :]}
            worded = [table.column for table in feed.tables]
            source = f"(SELECT * FROM shown WHERE feed = '{feed.contract.code}')"
            parts = []
            for bucket in range(buckets):
                frame = connection.sql(hot_query(columns, source, f"f.enterprise_id % {buckets} = {bucket}")).pl()
                place = frame["enterprise_id"].to_numpy() // buckets
                made = make_segment(rows_of(frame, place, columns, worded), 0, 1 + NOBODY // buckets)
                parts.append(packed(made) if pack else made)
            first = told.connected_from(rows, feed.contract.code)
            given_rows[feed.contract.code] = FeedRows(parts, machine.NEVER if first is None else micros_day(first))
    return given_rows


def computed(
    rows: list[Row],
    wanted: list[Definition],
    places: list[int | None],
    read: list[date],
    buckets: int = 1,
    pack: bool = True,
) -> list[tuple[Any, ...]]:
    """Rows of values; a category as its text."""
    written = compile_program({f"f{n}": one for n, one in enumerate(wanted)}, typed)
    since = [None if one is None else told.known_since(rows, one) for one in places]
    facts, bounds = written.day_facts([(day, day) for day in read])
    spine = Spine(
        np.array([-1 if one is None else one for one in places]),
        np.array([machine.NEVER if one is None else micros_day(one) for one in since]),
        np.arange(len(places)),
        np.arange(len(places))[::-1].copy(),
        facts,
        bounds,
    )
    out = np.empty((len(wanted), len(places)))
    run(bind(written, segments(rows, written, buckets, pack)), spine, out)
    columns = [[None if np.isnan(x) else x for x in values] for values in out]
    for n, one in enumerate(wanted):
        if isinstance(one, Feature) and one.take.categories:
            columns[n] = [None if x is None else one.take.categories[int(x)] for x in columns[n]]
    return list(zip(*columns, strict=True))


@settings(max_examples=150)
@given(
    case=told.cases(),
    others=st.lists(st.sampled_from(told.DAYS), min_size=3, max_size=3),
    buckets=st.integers(1, 3),
    pack=st.booleans(),
)
def test_many_days_equal_the_algebra_told_slowly(case: told.Case, others: list[date], buckets: int, pack: bool) -> None:
    read = [case.as_of, case.as_of, *others]
    places = [1, None, 2, 1, NOBODY]
    assert computed(case.rows, case.wanted, places, read, buckets, pack) == [
        tuple(told.expected(case.rows, definition, one, as_of) for definition in case.wanted)
        for one, as_of in zip(places, read, strict=True)
    ]


@settings(max_examples=40)
@given(case=told.cases())
def test_the_size_of_a_block_changes_nothing(case: told.Case) -> None:
    places = [1, 2, None, 1, 2, 1]
    read = [case.as_of] * len(places)
    usual = computed(case.rows, case.wanted, places, read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "CHUNK", 4)
        patch.setattr(running, "ROOM", 1)
        assert computed(case.rows, case.wanted, places, read) == usual


@settings(max_examples=60)
@given(case=told.cases(), others=st.lists(st.sampled_from(told.DAYS), min_size=2, max_size=2))
def test_what_is_read_together_changes_nothing(case: told.Case, others: list[date]) -> None:
    read, places = [case.as_of, *others], [1, 2, 1]

    def each_alone(windows: Mapping[str, Feature], _needs: object) -> list[list[str]]:
        return [[key] for key in windows]

    def all_at_once(windows: Mapping[str, Feature], _needs: object) -> list[list[str]]:
        return [[*windows]]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "in_tiers", each_alone)
        alone = computed(case.rows, case.wanted, places, read)
        patch.setattr(program, "in_tiers", all_at_once)
        assert computed(case.rows, case.wanted, places, read) == alone


def value(wanted: Feature, *changes: Row) -> Any:
    """One feature of enterprise 1 as of 1 July 2025, over blank records of the day before with some changes."""
    blank = [told.BLANK | {"record_no": n, "received_at": told.NOON} | change for n, change in enumerate(changes)]
    return computed(told.numbered(blank), [wanted], [1], [date(2025, 7, 1)])[0][0]


AMOUNT = col("amount")


@pytest.mark.parametrize(
    "amounts",
    [
        pytest.param([0, 254], id="a byte"),
        pytest.param([0, 255], id="the byte that stands for unknown"),
        pytest.param([-1, 7], id="a negative"),
        pytest.param([65_534, 1], id="two bytes"),
        pytest.param([65_535, 1], id="the two bytes that stand for unknown"),
        pytest.param([-32_768, 5], id="the smallest of two bytes"),
        pytest.param([4_294_967_295, 4_294_967_296], id="42.9 million yuan"),
        pytest.param([-(2**31), 2**31 - 1], id="the edges of four bytes"),
        pytest.param([-(2**62), 2**61 + 1], id="eight bytes"),
    ],
)
@pytest.mark.parametrize("unknown", [[], [None]], ids=["all known", "one unknown"])
def test_every_amount_keeps_its_value(amounts: list[int], unknown: list[None]) -> None:
    rows = [{"amount": amount} for amount in (*unknown, *amounts)]
    for take, expected in ((smallest, min(amounts)), (largest, max(amounts)), (total, sum(amounts))):
        assert value(Feature(feed=TAX_DECLARATION, take=take(AMOUNT), within=ever()), *rows) == expected
    everything = Feature(feed=TAX_DECLARATION, take=distinct(AMOUNT), within=ever())
    assert value(everything, *rows, {"amount": amounts[0]}) == 2


@pytest.mark.parametrize("different", [1, 23, 24, 25, 26, 300])
def test_few_and_many_different_values_are_counted_alike(different: int) -> None:
    rows = [{"amount": 7 * (n % different)} for n in range(different + 9)]
    assert value(Feature(feed=TAX_DECLARATION, take=distinct(AMOUNT), within=ever()), *rows) == different


def test_a_lag_of_years_and_a_day_before_the_epoch_are_days_like_others() -> None:
    events = (date(1900, 1, 1), date(1969, 12, 31))
    rows = [{"feed": "F01", "event_date": day, "amount": n} for n, day in enumerate(events)]
    assert value(Feature(feed=REGISTRATION, take=count(), within=ever()), *rows) == 2
    assert value(Feature(feed=REGISTRATION, take=latest(AMOUNT), within=ever()), *rows) == 1
    assert value(Feature(feed=REGISTRATION, take=count(), within=days(400)), *rows) is None


def test_months_are_those_of_the_calendar() -> None:
    first = date(1999, 12, 31)
    every_day = pl.date_range(first, date(2005, 3, 1), eager=True).to_list()
    rows = [{"feed": "F01", "event_date": day} for day in every_day]
    assert value(Feature(feed=REGISTRATION, take=months_active(), within=ever()), *rows) == 1 + 12 * 5 + 3


@pytest.mark.parametrize(
    "unreadable",
    [
        pytest.param(col("kind").equals(col("kind")), id="two text columns"),
        pytest.param(col("kind") > 3, id="a text and a number"),
    ],
)
def test_what_only_sql_can_read_is_refused_when_written(unreadable: Expression) -> None:
    wanted = Feature(feed=TAX_DECLARATION, take=total(unreadable), within=ever())
    with pytest.raises(TypeError):
        compile_program({"f": wanted}, typed)


def test_a_column_takes_no_more_than_its_values_need() -> None:
    blank = told.BLANK | {"received_at": told.NOON, "people": -5}
    rows = told.numbered([blank | {"record_no": n, "amount": n * n} for n in range(1_000)])
    wanted = Feature(feed=TAX_DECLARATION, take=total(AMOUNT - col("people")), within=ever())
    made = segments(rows, compile_program({"f": wanted}, typed), 1)["F15"].segments[0]
    widths = {name: column.width for name, column in made.columns.items() if isinstance(column, Packed)}
    assert widths.pop("event_date", 0) == 0
    assert widths == {"event_day": 1, "known_from_day": 0, "known_to_day": 0, "amount": 3, "people": 0}


def test_a_few_large_amounts_stand_apart_and_keep_their_value() -> None:
    amounts = [n % 200 if n % 100 else 2**40 + n for n in range(2_000)]
    rows = [{"amount": amount} for amount in amounts]
    for take, expected in ((smallest, 1), (largest, 2**40 + 1_900), (total, sum(amounts))):
        assert value(Feature(feed=TAX_DECLARATION, take=take(AMOUNT), within=ever()), *rows) == expected


@pytest.mark.parametrize("room", [1, 8, 64, 1_024])
@pytest.mark.parametrize("places", ["ascending", "descending", "to and fro"])
@pytest.mark.parametrize(("most", "width"), [(200, 1), (1, 0)], ids=["codes mark them", "nothing marks them"])
def test_amounts_that_stand_apart_are_found_whatever_is_asked_for_next(
    room: int, places: str, most: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "ROOM", room)
    firms, each = 60, 7
    amounts = {
        firm: [2**40 + n if n % 13 == 0 else n % most for n in range(firm * each, (firm + 1) * each)]
        for firm in range(firms)
    }
    blank = told.BLANK | {"received_at": told.NOON}
    listed = [(firm, amount) for firm in amounts for amount in amounts[firm]]
    rows = told.numbered(
        [blank | {"record_no": n, "enterprise_id": firm, "amount": one} for n, (firm, one) in enumerate(listed)]
    )
    wanted = [Feature(feed=TAX_DECLARATION, take=take(AMOUNT), within=ever()) for take in (total, largest)]
    made = segments(rows, compile_program({f"f{n}": one for n, one in enumerate(wanted)}, typed), 1)["F15"].segments[0]
    column = made.columns["amount"]
    assert isinstance(column, Packed)
    assert (column.width, column.rows.size) == (width, sum(n % 13 == 0 for n in range(firms * each)))

    order = {"descending": [*range(firms)], "ascending": [*range(firms)][::-1], "to and fro": [5, 59, 5, 0, 30, 30, 1]}
    asked = order[places]
    day = date(2025, 7, 1)
    assert computed(rows, wanted, [*asked], [day] * len(asked)) == [
        (sum(amounts[firm]), max(amounts[firm])) for firm in asked
    ]
