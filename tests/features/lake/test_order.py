"""The lake's algebra: its state is that of the set of rows delivered, however they were cut, ordered and repeated."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.contracts.court_case import COURT_CASE
from features.contracts.fire_inspection import FIRE_INSPECTION
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.lake import Lake
from features.lake.landing import settle_links
from features.lake.query import query
from features.lake.reading import visible_sql
from features.lake.registry import enterprises
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.oversight import fire_inspection
from tests.factories.registrations import registration

Row = dict[str, Any]
FEEDS = {"F01": REGISTRATION, "F26": COURT_CASE, "F41": FIRE_INSPECTION}
NAMES = ("甲公司", "乙公司", "甲公司龙岗分公司")
LAST_DAY = 12

quick = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])


def received(day: int) -> datetime:
    return datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days=day)


days = st.integers(0, LAST_DAY).map(received)
registrations = st.builds(
    lambda uscc, name, version, op, at: registration(uscc, name, version=version, op=op, received_at=at),
    st.sampled_from([ACME, BETA]),
    st.sampled_from(NAMES),
    st.integers(1, 3),
    st.sampled_from("IIID"),
    days,
)
cases = st.builds(
    lambda uscc, name, number, version, op, amount, at: court_case(
        uscc, name, record_id=number, version=version, op=op, amount_fen=amount, received_at=at
    ),
    st.sampled_from([ACME, BETA, None, None]),
    st.sampled_from(NAMES),
    st.sampled_from(["F26-1", "F26-2"]),
    st.integers(1, 3),
    st.sampled_from("IUUD"),
    st.integers(1, 2),
    days,
)
rows = st.tuples(
    st.lists(registrations, max_size=3).map(lambda found: [("F01", row) for row in found]),
    st.lists(cases, min_size=1, max_size=5).map(lambda found: [("F26", row) for row in found]),
).map(lambda both: both[0] + both[1])


@st.composite
def deliveries(draw: st.DrawFn, delivered: list[tuple[str, Row]]) -> list[tuple[str, list[Row]]]:
    """The same rows in any order, some twice, cut into files of one feed each."""
    again = draw(st.lists(st.sampled_from(delivered), max_size=2))
    order = draw(st.permutations(delivered + again))
    files: list[tuple[str, list[Row]]] = []
    for feed, row in order:
        if files and files[-1][0] == feed and draw(st.booleans()):
            files[-1][1].append(row)
        else:
            files.append((feed, [row]))
    return files


def land_all(folder: str, files: list[tuple[str, list[Row]]]) -> Lake:
    lake = make_lake(Path(folder))
    for number, (feed, delivered) in enumerate(files):
        land_rows(lake, FEEDS[feed], delivered, received(LAST_DAY + number))
    return lake


def state(lake: Lake, snapshot: int | None = None) -> list[tuple[Any, ...]]:
    """Everything a reader of any day can see: owner, record, version, content and the interval it counted."""
    return known_rows(lake, "F26", "record_id, version, name, amount_fen", snapshot)


def known_rows(lake: Lake, feed: str, facts: str, snapshot: int | None = None) -> list[tuple[Any, ...]]:
    return query(
        f"SELECT o.uscc, {facts}, known_from, known_to"
        f" FROM {visible_sql(lake, FEEDS[feed], snapshot)} JOIN owners o USING (enterprise_id) ORDER BY ALL",
        owners=enterprises(lake).select("enterprise_id", "uscc"),
    ).rows()


@quick
@given(st.data())
def test_any_order_and_any_repetition_end_in_the_same_state(data: st.DataObject) -> None:
    delivered = data.draw(rows)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = land_all(one, data.draw(deliveries(delivered)))
        second = land_all(other, data.draw(deliveries(delivered)))
        assert state(first) == state(second)


@quick
@given(st.data())
def test_what_is_known_later_changes_no_earlier_view(data: st.DataObject) -> None:
    delivered, day = data.draw(rows), received(data.draw(st.integers(0, LAST_DAY)))
    known_then = [(feed, row) for feed, row in delivered if row["received_at"] < day]
    with tempfile.TemporaryDirectory() as then, tempfile.TemporaryDirectory() as now:
        less, more = land_all(then, [(f, [r]) for f, r in known_then]), land_all(now, data.draw(deliveries(delivered)))
        assert view(less, day) == view(more, day)


def view(lake: Lake, before: datetime) -> list[tuple[Any, ...]]:
    """What was known before an instant."""
    end = int(before.timestamp()) * 1_000_000
    return [row[:5] for row in state(lake) if row[5] < end and (row[6] is None or row[6] >= end)]


@quick
@given(st.data())
def test_compaction_changes_nothing_visible(data: st.DataObject) -> None:
    files = data.draw(rows.flatmap(deliveries))
    with tempfile.TemporaryDirectory() as folder:
        lake = land_all(folder, files)
        before, snapshot = state(lake), lake.snapshot()
        compact(lake, "F26", at=received(100))
        assert state(lake) == before == state(lake, snapshot)
        for feed, delivered in files:
            land_rows(lake, FEEDS[feed], delivered[::-1], received(101))
        assert state(lake) == before


def test_one_of_each_ends_as_it_reads() -> None:
    """The properties above speak of states that are not empty."""
    delivered = [
        ("F01", registration(ACME, NAMES[0], est_date=date(2018, 1, 1), received_at=received(1))),
        ("F26", court_case(None, NAMES[0], record_id="F26-1", amount_fen=1, received_at=received(2))),
        (
            "F26",
            court_case(None, NAMES[0], record_id="F26-1", version=2, op="U", amount_fen=2, received_at=received(4)),
        ),
    ]
    micros = [int(received(day).timestamp()) * 1_000_000 for day in (2, 4)]
    with tempfile.TemporaryDirectory() as folder:
        assert state(land_all(folder, [(feed, [row]) for feed, row in delivered[::-1]])) == [
            (ACME, "F26-1", 1, NAMES[0], 1, micros[0], micros[1]),
            (ACME, "F26-1", 2, NAMES[0], 2, micros[1], None),
        ]


BRANCH = "甲贸易有限公司龙岗分公司"
PARENT_KNOWN, OWN_KNOWN = registration(ACME, "甲贸易有限公司"), registration(BETA, BRANCH)
SHENZHEN, GUANGDONG = (
    registration(firm, f"{region}甲乙贸易有限公司", address="广东省深圳市南山区科苑路1号")
    for firm, region in ((ACME, "深圳市"), (BETA, "广东省"))
)
UNCODED = fire_inspection(None, name="广东省甲乙贸易有限公司", address="南山区科苑路1号")
SURER = [
    pytest.param("F26", court_case(None, BRANCH, record_id="F26-1"), PARENT_KNOWN, OWN_KNOWN, id="branch"),
    pytest.param("F41", UNCODED, SHENZHEN, GUANGDONG, id="trade name"),
]


@pytest.mark.parametrize(("feed", "row", "lesser", "surer"), SURER)
@pytest.mark.parametrize("landing", permutations(range(3)), ids=str)
def test_a_surer_rung_takes_a_row_over_from_when_it_was_known(
    tmp_path: Path, feed: str, row: Row, lesser: Row, surer: Row, landing: tuple[int, ...]
) -> None:
    arrived = [("F01", lesser, 1), (feed, row, 2), ("F01", surer, 5)]
    dated = [(kind, sent | {"received_at": received(day)}) for kind, sent, day in arrived]
    files = [(kind, [sent]) for kind, sent in (dated[place] for place in landing)]
    lake = land_all(str(tmp_path), files)
    first, then = (int(received(day).timestamp()) * 1_000_000 for day in (2, 5))
    expected = sorted([(ACME, row["record_id"], first, then), (BETA, row["record_id"], then, None)])
    assert known_rows(lake, feed, "record_id") == expected
    before = lake.snapshot()
    settle_links(lake, at=received(20))
    assert land_rows(lake, FEEDS[feed], [row | {"received_at": received(6)}], received(21)).unchanged == 1
    assert lake.snapshot() == before + 1, "nothing but the repetition"
    compact(lake, feed, at=received(22))
    assert known_rows(lake, feed, "record_id") == expected


@pytest.mark.parametrize(("feed", "row", "lesser", "surer"), SURER)
@pytest.mark.parametrize("arrival", permutations(range(3)), ids=str)
def test_whoever_arrives_first_the_newest_view_is_the_same(
    tmp_path: Path, feed: str, row: Row, lesser: Row, surer: Row, arrival: tuple[int, ...]
) -> None:
    sent = [("F01", lesser), (feed, row), ("F01", surer)]
    lake = make_lake(tmp_path)
    for day, place in enumerate(arrival):
        kind, delivered = sent[place]
        land_rows(lake, FEEDS[kind], [delivered], received(day))
    assert [owner for owner, _, _, until in known_rows(lake, feed, "1 AS one") if until is None] == [BETA]


@pytest.mark.parametrize("surer_day", [pytest.param(3, id="before the second version"), pytest.param(5, id="after it")])
@pytest.mark.parametrize("landing", [*permutations(range(4))][::3], ids=str)
def test_a_later_version_under_a_name_nobody_bears_goes_with_its_record(
    tmp_path: Path, landing: tuple[int, ...], surer_day: int
) -> None:
    first = court_case(None, BRANCH, record_id="F26-1", amount_fen=1)
    second = court_case(None, "某公司", record_id="F26-1", version=2, op="U", amount_fen=1)
    arrived = [("F01", PARENT_KNOWN, 1), ("F26", first, 2), ("F26", second, 4), ("F01", OWN_KNOWN, surer_day)]
    dated = [(kind, sent | {"received_at": received(day)}) for kind, sent, day in arrived]
    lake = land_all(str(tmp_path), [(kind, [sent]) for kind, sent in (dated[place] for place in landing)])
    at = {day: int(received(day).timestamp()) * 1_000_000 for day in (2, 3, 4, 5)}
    changes = {3: [(ACME, 1, 2, 3), (BETA, 1, 3, 4), (BETA, 2, 4, None)]}
    changes[5] = [(ACME, 1, 2, 4), (ACME, 2, 4, 5), (BETA, 2, 5, None)]
    told = [(owner, version, at[start], at.get(end)) for owner, version, start, end in changes[surer_day]]
    assert known_rows(lake, "F26", "version") == sorted(told)
    before = lake.snapshot()
    settle_links(lake, at=received(30))
    assert lake.snapshot() == before
