"""Terms in months: the day before, the day, month ends, leap days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.law.months import term_end, term_over

days = st.dates(date(2004, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        pytest.param("2022-06-01", 36, "2025-06-01", id="three years"),
        pytest.param("2024-02-29", 12, "2025-02-28", id="from a leap day"),
        pytest.param("2023-02-28", 12, "2024-02-28", id="into a leap year"),
        pytest.param("2024-02-29", 48, "2028-02-29", id="leap day to leap day"),
        pytest.param("2025-01-31", 1, "2025-02-28", id="into a shorter month"),
        pytest.param("2025-11-30", 3, "2026-02-28", id="a quarter that ends in February"),
        pytest.param("2025-06-01", 0, "2025-06-01", id="no term at all"),
    ],
)
def test_a_term_ends(start: str, months: int, end: str) -> None:
    first, over = date.fromisoformat(start), date.fromisoformat(end)
    assert term_end(first, months) == over
    assert first <= term_over(months, over)
    assert first > term_over(months, over - timedelta(days=1))


@given(start=days, used_on=days, months=st.integers(0, 130))
def test_the_horizon_is_the_term_told_backwards(start: date, used_on: date, months: int) -> None:
    assert (start > term_over(months, used_on)) == (term_end(start, months) > used_on)


@given(months=st.integers(0, 130), used_on=days)
def test_a_term_that_is_over_stays_over(months: int, used_on: date) -> None:
    assert term_over(months, used_on) <= term_over(months, used_on + timedelta(days=1))
