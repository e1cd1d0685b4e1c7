"""Legal days and exact instants."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.clock import from_micros, known_before, month_end, months_before, shanghai_day, to_micros

instants = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_known_as_of_a_day_ends_at_shanghai_midnight() -> None:
    assert known_before(date(2025, 6, 30)) == datetime(2025, 6, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        pytest.param(datetime(2025, 6, 30, 15, 59, 59, 999_999, tzinfo=UTC), date(2025, 6, 30), id="last microsecond"),
        pytest.param(datetime(2025, 6, 30, 16, tzinfo=UTC), date(2025, 7, 1), id="midnight begins the next day"),
    ],
)
def test_the_legal_day_of_an_instant(at: datetime, day: date) -> None:
    assert shanghai_day(at) == day


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        pytest.param(date(2023, 3, 31), 1, date(2023, 2, 28), id="clamped"),
        pytest.param(date(2024, 3, 31), 1, date(2024, 2, 29), id="clamped in a leap year"),
        pytest.param(date(2024, 2, 29), 12, date(2023, 2, 28), id="leap day a year before"),
        pytest.param(date(2025, 1, 15), 1, date(2024, 12, 15), id="over the year's end"),
        pytest.param(date(2025, 7, 1), 0, date(2025, 7, 1), id="none"),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)))
def test_month_end_is_the_day_before_a_first(day: date) -> None:
    end = month_end(day)
    assert end >= day
    assert (end + timedelta(days=1)).day == 1


@given(instants)
def test_microseconds_lose_nothing(at: datetime) -> None:
    assert from_micros(to_micros(at)) == at
