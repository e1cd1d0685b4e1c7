"""Who ended the use of records, and when."""

from datetime import date
from pathlib import Path

import pytest

from features.contracts.dishonest_debtor import DISHONEST_DEBTOR
from features.contracts.penalty import PENALTY
from features.contracts.registration import REGISTRATION
from features.lake.compaction import compact
from features.lake.endings import EndedRecord, ended_records, list_endings
from features.lake.lake import Lake
from features.lake.quarantine import list_waiting
from features.lake.review import link_name
from features.lake.unlinking import end_link
from tests.factories.courts import dishonest_debtor
from tests.factories.lakes import ACME, BETA, GAMMA, instant, known, land_rows, make_lake
from tests.factories.penalties import penalty
from tests.factories.registrations import registration

NAME = "深圳市甲贸易有限公司"


def test_each_delivery_and_cause_leaves_a_line(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(firm) for firm in (ACME, BETA, GAMMA)], "2025-02-01")
    assert list_endings(lake) == []
    changed = [
        penalty(ACME, version=2, op="U", repaired_on=date(2025, 5, 2)),
        penalty(BETA, version=2, op="U", repaired_on=date(2025, 5, 3)),
        penalty(GAMMA, version=2, op="D"),
    ]
    landed = land_rows(lake, PENALTY, changed, "2025-05-04")
    told = [(line.cause, line.rows, line.publisher, line.batch_id, line.snapshot) for line in list_endings(lake)]
    assert told == [
        ("withdrawn", 1, PENALTY.department, landed.batch_id, landed.snapshot),
        ("repaired_on", 2, PENALTY.department, landed.batch_id, landed.snapshot),
    ]
    days = [(line.first_day, line.last_day) for line in list_endings(lake)]
    assert days == [(date(2025, 5, 4), date(2025, 5, 4)), (date(2025, 5, 2), date(2025, 5, 3))]
    assert {line.made_at for line in list_endings(lake, "F34")} == {instant("2025-05-04")}
    assert list_endings(lake, "F18") == []


def test_the_same_delivery_again_leaves_none(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    for day in ("2025-02-01", "2025-02-02"):
        land_rows(lake, PENALTY, [penalty(ACME, repaired_on=date(2025, 1, 20))], day)
    assert len(list_endings(lake)) == 1


def test_the_records_are_named_each_with_its_day(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(ACME, record_id="A"), penalty(BETA, record_id="B")], "2025-02-01")
    changed = [
        penalty(ACME, record_id="A", version=2, op="U", repaired_on=date(2025, 5, 2)),
        penalty(BETA, record_id="B", version=2, op="D"),
        penalty(GAMMA, record_id="C"),
    ]
    land_rows(lake, PENALTY, changed, "2025-05-04")
    expected = [[EndedRecord("B", date(2025, 5, 4))], [EndedRecord("A", date(2025, 5, 2))]]
    assert [ended_records(lake, line) for line in list_endings(lake)] == expected
    compact(lake, "F34", at=instant("2025-06-01"))
    assert [ended_records(lake, line) for line in list_endings(lake)] == expected


def removed_under_a_name(lake: Lake) -> list[list[EndedRecord]]:
    """A removal from the list that ACME has by its name; returns the records of each line."""
    land_rows(lake, REGISTRATION, [registration(ACME, NAME)], "2025-03-01")
    removed = dishonest_debtor(None, NAME, record_id="A", removed_on=date(2025, 5, 20))
    land_rows(lake, DISHONEST_DEBTOR, [removed], "2025-06-01")
    assert known(lake, DISHONEST_DEBTOR, "2025-06-01")["uscc"].to_list() == [ACME]
    return told(lake)


def told(lake: Lake) -> list[list[EndedRecord]]:
    """The records of each line, as many as it counts."""
    lines = [(line.rows, ended_records(lake, line)) for line in list_endings(lake)]
    assert [rows for rows, _ in lines] == [len(records) for _, records in lines]
    return [records for _, records in lines]


def test_a_removal_that_is_another_firm_s_after_all_is_counted_once(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    before = removed_under_a_name(lake)
    late = [
        registration(ACME, "另一家公司", version=2, op="U", received_at=instant("2025-03-10")),
        registration(BETA, NAME, received_at=instant("2025-03-20")),
    ]
    land_rows(lake, REGISTRATION, late, "2026-01-01")
    assert known(lake, DISHONEST_DEBTOR, "2025-06-01")["uscc"].to_list() == [BETA]
    assert told(lake) == before == [[EndedRecord("A", date(2025, 5, 20))]]
    compact(lake, "F28", at=instant("2026-02-01"))
    assert told(lake) == before


def test_a_removal_given_to_the_right_firm_by_hand_is_counted_once(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    before = removed_under_a_name(lake)
    land_rows(lake, REGISTRATION, [registration(BETA, "另一家公司")], "2025-06-02")
    end_link(lake, 1, at=instant("2025-06-03"))
    link_name(lake, NAME, BETA, at=instant("2025-06-04"))
    assert known(lake, DISHONEST_DEBTOR, "2025-06-04")["uscc"].to_list() == [BETA]
    assert told(lake) == before


def test_rows_that_waited_have_a_line_of_their_own(tmp_path: Path) -> None:
    lake = make_lake(tmp_path)
    rows = [
        dishonest_debtor(ACME, record_id="A", removed_on=date(2025, 5, 20)),
        dishonest_debtor(None, NAME, record_id="B", removed_on=date(2025, 5, 21)),
    ]
    land_rows(lake, DISHONEST_DEBTOR, rows, "2025-06-01")
    land_rows(lake, REGISTRATION, [registration(BETA, NAME)], "2025-07-01")
    assert told(lake) == [[EndedRecord("B", date(2025, 5, 21))], [EndedRecord("A", date(2025, 5, 20))]]


@pytest.mark.parametrize(
    ("repaired_on", "landed"),
    [
        pytest.param(date(2025, 5, 4), 1, id="the day it was received"),
        pytest.param(date(2025, 5, 5), 1, id="the day after"),
        pytest.param(date(2026, 5, 4), 1, id="a year on"),
        pytest.param(date(2026, 5, 5), 0, id="more than a year on"),
        pytest.param(date(2099, 1, 1), 0, id="a typing error"),
    ],
)
def test_an_end_too_far_ahead_waits_and_is_not_audited(tmp_path: Path, repaired_on: date, landed: int) -> None:
    lake = make_lake(tmp_path)
    done = land_rows(lake, PENALTY, [penalty(ACME, repaired_on=repaired_on)], "2025-05-04T12:00")
    assert (done.landed, done.quarantined, len(list_endings(lake))) == (landed, 1 - landed, landed)
    assert [row.reason for row in list_waiting(lake)] == [
        f"repaired_on {repaired_on} lies more than a year after the day it was received, 2025-05-04"
    ] * (1 - landed)
