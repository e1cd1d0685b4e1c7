"""The lake's algebra: its state is that of the set of rows delivered, however they were cut, ordered and repeated."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.contracts.court_case import COURT_CASE
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import visible_sql
from features.lake.registry import enterprises
from tests.factories.courts import court_case
from tests.factories.lakes import ACME, BETA, land_rows, make_lake
from tests.factories.registrations import registration

Row = dict[str, Any]
FEEDS = {"F01": REGISTRATION, "F26": COURT_CASE}
NAMES = ("甲公司", "乙公司")
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
    return query(
        "SELECT o.uscc, record_id, version, name, amount_fen, known_from, known_to"
        f" FROM {visible_sql(lake, COURT_CASE, snapshot)} JOIN owners o USING (enterprise_id) ORDER BY ALL",
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
