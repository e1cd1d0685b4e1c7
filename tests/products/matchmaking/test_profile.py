"""Whole months in operation, from days since establishment."""

from datetime import date

import pytest

from products.matchmaking.profile import whole_months


@pytest.mark.parametrize(
    ("established", "day", "months"),
    [
        pytest.param(date(2024, 7, 1), date(2025, 7, 1), 12, id="a year to the day"),
        pytest.param(date(2024, 7, 2), date(2025, 7, 1), 11, id="a day short of a year"),
        pytest.param(date(2025, 7, 1), date(2025, 7, 1), 0, id="founded today"),
        pytest.param(date(2025, 1, 31), date(2025, 2, 28), 0, id="the month's end is a shorter one"),
        pytest.param(date(2025, 2, 28), date(2025, 3, 31), 1, id="the month's end is a longer one"),
        pytest.param(date(2024, 2, 29), date(2025, 2, 28), 11, id="founded on a leap day, a day short"),
        pytest.param(date(2024, 2, 29), date(2025, 3, 1), 12, id="founded on a leap day"),
    ],
)
def test_whole_months(established: date, day: date, months: int) -> None:
    assert whole_months((day - established).days, day) == months
