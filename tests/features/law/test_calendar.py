"""Working days: weekends, holidays, days worked instead, and years nobody has a notice of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.law.calendar import YearOff, add_working_days, is_sure, is_working_day
from features.law.datafile import read_rules

YEARS = read_rules("holidays.yaml", YearOff)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        pytest.param("2025-07-01", 0, "2025-07-01", id="no day at all"),
        pytest.param("2025-07-01", 1, "2025-07-02", id="the day itself does not count"),
        pytest.param("2025-07-04", 1, "2025-07-07", id="over a weekend"),
        pytest.param("2025-01-27", 1, "2025-02-05", id="over Spring Festival"),
        pytest.param("2025-09-26", 1, "2025-09-28", id="a Sunday that is worked"),
        pytest.param("2025-09-30", 3, "2025-10-11", id="over National Day, a Saturday worked"),
        pytest.param("2018-12-28", 2, "2019-01-02", id="over the new year, a Saturday worked"),
        pytest.param("2020-01-23", 1, "2020-02-03", id="the Spring Festival that was made longer"),
        pytest.param("2026-12-31", 1, "2027-01-01", id="a year without a notice knows weekends only"),
    ],
)
def test_add_working_days(start: str, count: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(start), count) == date.fromisoformat(expected)


@given(start=st.dates(date(2015, 12, 1), date(2027, 2, 1)), count=st.integers(1, 30))
def test_between_start_and_end_lie_so_many_working_days(start: date, count: int) -> None:
    end = add_working_days(start, count)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert is_working_day(end)
    assert sum(map(is_working_day, between)) == count


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_a_year_holds_together(year: YearOff) -> None:
    assert all(day.weekday() >= 5 for day in year.days_worked())
    assert not year.days_worked() & year.days_off()
    off = {day for day in year.days_off() if day.weekday() < 5}
    assert len(off) - len(year.days_worked()) >= 9  # at least the statutory days are left off


def test_every_year_since_2016_is_there_and_doubt_is_said() -> None:
    assert [year.year for year in YEARS] == list(range(2016, 2027))
    assert is_sure(2025)
    assert not is_sure(2026)
    assert not is_sure(2027)
