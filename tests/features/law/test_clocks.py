"""Deadlines: calendar days, working days, months, hours, extensions."""

from datetime import UTC, date, datetime

import pytest

from bureau.errors import InvalidInput, UnknownName
from features.law.clocks import clocks, due


@pytest.mark.parametrize(
    ("clock", "start", "extended", "expected"),
    [
        pytest.param("objection_national", date(2025, 1, 10), False, date(2025, 1, 30), id="20 days, holidays too"),
        pytest.param("objection_bureau", date(2025, 1, 27), False, date(2025, 2, 5), id="1 working day"),
        pytest.param("objection_source", date(2025, 7, 3), False, date(2025, 7, 7), id="2 working days"),
        pytest.param("objection_source", date(2025, 7, 3), True, date(2025, 7, 10), id="2 and 3 more"),
        pytest.param("repair_source", date(2025, 9, 30), False, date(2025, 10, 11), id="3 over National Day"),
        pytest.param("personal_adverse", date(2024, 2, 29), False, date(2029, 2, 28), id="5 years from a leap day"),
        pytest.param(
            "complaint_reply",
            datetime(2025, 7, 1, 9, tzinfo=UTC),
            False,
            datetime(2025, 7, 2, 9, tzinfo=UTC),
            id="24 h",
        ),
    ],
)
def test_due(clock: str, start: date, extended: bool, expected: date) -> None:
    assert due(clock, start, extended=extended) == expected


def test_what_cannot_be_meant_is_said() -> None:
    with pytest.raises(UnknownName, match="objection_national"):
        due("objection_nationals", date(2025, 1, 1))
    with pytest.raises(InvalidInput, match="no extension"):
        due("objection_bureau", date(2025, 1, 1), extended=True)
    with pytest.raises(InvalidInput, match="an instant"):
        due("complaint_reply", date(2025, 1, 1))
    with pytest.raises(InvalidInput, match="a day"):
        due("objection_bureau", datetime(2025, 1, 1, tzinfo=UTC))


def test_each_clock_stands_once() -> None:
    assert len({clock.clock for clock in clocks()}) == len(clocks())
