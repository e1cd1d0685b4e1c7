"""Marks: told from the day they are known and in force, ended by a later line, refused for what is not there."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bureau.errors import InvalidInput, UnknownName
from bureau.grant import operator_grant
from features.contracts.penalty import PENALTY
from features.lake.lake import Lake
from features.lake.marks import RecordMark, mark_record, marks_of
from features.store.lineage import explain
from tests.factories.lakes import ACME, instant, land_rows, make_lake
from tests.factories.penalties import penalty

KEY = ("F34", f"F34-{ACME}-2025-01-15")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = make_lake(tmp_path)
    land_rows(lake, PENALTY, [penalty(ACME)], "2025-02-01")
    return lake


def mark(lake: Lake, known_at: str, kind: str = "objection", key: tuple[str, str] = KEY, **more: Any) -> None:
    days = {"from_day": date(2025, 3, 3)} | more
    mark_record(lake, key, kind, known_at=instant(known_at), made_at=instant(known_at), **days)


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        pytest.param("2025-03-02", False, id="before its first day"),
        pytest.param("2025-03-03", False, id="in force, not known yet"),
        pytest.param("2025-03-04", True, id="known"),
        pytest.param("2025-03-20", True, id="open"),
    ],
)
def test_a_mark_is_told_once_known_and_in_force(lake: Lake, as_of: str, told: bool) -> None:
    mark(lake, "2025-03-04T09:00")
    day = date.fromisoformat(as_of)
    assert marks_of(lake, [KEY], day) == ({KEY: (RecordMark(*KEY, "objection", date(2025, 3, 3)),)} if told else {})


def test_a_later_line_ends_it_and_earlier_views_keep_it(lake: Lake) -> None:
    mark(lake, "2025-03-04")
    mark(lake, "2025-03-20", until_day=date(2025, 3, 18))
    assert marks_of(lake, [KEY], date(2025, 3, 19))
    assert not marks_of(lake, [KEY], date(2025, 3, 20))


def test_kinds_stand_beside_each_other_and_other_records_have_none(lake: Lake) -> None:
    mark(lake, "2025-03-04")
    mark(lake, "2025-03-05", "suit")
    found = marks_of(lake, [KEY, ("F18", KEY[1])], date(2025, 4, 1))
    assert [one.kind for one in found[KEY]] == ["objection", "suit"]
    assert list(found) == [KEY]


def test_a_marked_record_is_used_and_the_explanation_says_so(lake: Lake) -> None:
    mark(lake, "2025-03-04")
    told = explain(lake, "penalties_36m", 1, date(2025, 4, 1), operator_grant())
    assert (told.value, [one.kind for one in told.marks]) == (1.0, ["objection"])
    assert explain(lake, "penalties_36m", 1, date(2025, 3, 1), operator_grant()).marks == ()


def test_what_cannot_be_meant_is_said(lake: Lake) -> None:
    with pytest.raises(UnknownName, match=r"record of F34 .*features explain"):
        mark(lake, "2025-03-04", key=("F34", "nothing"))
    with pytest.raises(UnknownName, match="feed"):
        mark(lake, "2025-03-04", key=("F99", "x"))
    with pytest.raises(UnknownName, match="objection"):
        mark(lake, "2025-03-04", "doubt")
    with pytest.raises(InvalidInput, match="later day"):
        mark(lake, "2025-03-04", until_day=date(2025, 3, 2))
