"""Windows at their edges."""

from datetime import date

import pytest

from features.contracts.counterparty import COUNTERPARTY
from features.contracts.invoice_month import INVOICE_MONTH
from features.engine.windows import Bounds, Window, bounds, days, ever, last_published, months, periods


@pytest.mark.parametrize(
    ("window", "after", "until"),
    [
        pytest.param(days(30), date(2025, 6, 1), date(2025, 7, 1), id="30 days"),
        pytest.param(days(30, before=30), date(2025, 5, 2), date(2025, 6, 1), id="the 30 days before"),
        pytest.param(months(24), date(2023, 7, 1), date(2025, 7, 1), id="24 months"),
        pytest.param(months(12, before=12), date(2023, 7, 1), date(2024, 7, 1), id="the year before"),
        pytest.param(ever(), None, date(2025, 7, 1), id="ever"),
    ],
)
def test_a_window_ends_on_the_day_read(window: Window, after: date | None, until: date) -> None:
    assert bounds(window, date(2025, 7, 1), None, 0) == Bounds(after, until)


def test_a_months_window_from_the_31st_starts_at_a_shorter_months_end() -> None:
    assert bounds(months(1), date(2024, 3, 31), None, 0) == Bounds(date(2024, 2, 29), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("as_of", "period", "deadline", "end"),
    [
        pytest.param(date(2025, 3, 11), "month", 40, date(2024, 12, 31), id="a day before January is due"),
        pytest.param(date(2025, 3, 12), "month", 40, date(2025, 1, 31), id="the day January is due"),
        pytest.param(date(2025, 1, 31), "month", 0, date(2025, 1, 31), id="no deadline, on the month's last day"),
        pytest.param(date(2025, 1, 30), "month", 0, date(2024, 12, 31), id="no deadline, a day earlier"),
        pytest.param(date(2025, 5, 9), "quarter", 40, date(2024, 12, 31), id="a day before the quarter is due"),
        pytest.param(date(2025, 5, 10), "quarter", 40, date(2025, 3, 31), id="the day the quarter is due"),
        pytest.param(date(2024, 2, 29), "quarter", 60, date(2023, 12, 31), id="due on a leap day"),
        pytest.param(date(2025, 4, 29), "year", 120, date(2023, 12, 31), id="a day before the year is due"),
        pytest.param(date(2025, 4, 30), "year", 120, date(2024, 12, 31), id="the day the year is due"),
    ],
)
def test_the_last_published_period(as_of: date, period: str, deadline: int, end: date) -> None:
    assert last_published(as_of, period, deadline) == end


def test_periods_count_back_from_the_last_published() -> None:
    as_of = date(2025, 3, 12)
    deadline = INVOICE_MONTH.deadline_days
    assert deadline == 40
    assert bounds(periods(12), as_of, "month", deadline) == Bounds(date(2024, 1, 31), date(2025, 1, 31))
    assert bounds(periods(6, before=6), as_of, "month", deadline) == Bounds(date(2024, 1, 31), date(2024, 7, 31))


def test_quarters_count_in_quarters() -> None:
    covered = bounds(periods(4), date(2025, 3, 31), COUNTERPARTY.period, COUNTERPARTY.deadline_days)
    assert covered == Bounds(date(2023, 12, 31), date(2024, 12, 31))


def test_a_feed_without_periods_has_none_to_count() -> None:
    with pytest.raises(ValueError, match="needs a feed of periods"):
        bounds(periods(3), date(2025, 7, 1), None, 0)
