"""The forecast of a month: exact where weekdays repeat, its interval holding four months of five where they scatter."""

from datetime import date, timedelta
from random import Random

import pytest

from api.metering.forecast import COLUMNS, forecast_month, forecast_rows
from bureau.db import transaction
from bureau.errors import InvalidInput
from tests.factories.ledger import NOON, Books, draft

MID_MONTH = date(2026, 11, 17)
OF_WEEKDAY = (800, 700, 900, 1_000, 1_100, 200, 100)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def steady(first: date, last: date) -> dict[date, int]:
    """The same week again and again."""
    return {day: OF_WEEKDAY[day.weekday()] for day in days(first, last)}


MONTH = sum(steady(date(2026, 11, 1), date(2026, 11, 30)).values())


@pytest.mark.parametrize(
    ("first", "today"),
    [
        pytest.param(date(2026, 9, 1), MID_MONTH, id="eight weeks of history"),
        pytest.param(MID_MONTH - timedelta(14), MID_MONTH, id="just two weeks, and the days before had nothing"),
        pytest.param(date(2026, 9, 1), date(2026, 11, 1), id="on the first day"),
        pytest.param(date(2026, 9, 1), date(2026, 11, 30), id="on the last day"),
    ],
)
def test_a_steady_week_is_forecast_exactly(first: date, today: date) -> None:
    found = forecast_month(steady(first, today - timedelta(1)), today)
    before = sum(steady(date(2026, 11, 1), first - timedelta(1)).values())
    assert found is not None
    assert found.expected == found.low == found.high == MONTH - before


@pytest.mark.parametrize(
    ("had", "whole"),
    [
        pytest.param(0, MONTH, id="nothing yet"),
        pytest.param(300, MONTH, id="less than its weekday"),
        pytest.param(900, MONTH + 200, id="more than its weekday"),
    ],
)
def test_what_today_had_is_counted_once(had: int, whole: int) -> None:
    found = forecast_month(steady(date(2026, 9, 1), MID_MONTH - timedelta(1)) | {MID_MONTH: had}, MID_MONTH)
    assert found is not None
    assert (found.expected, found.so_far) == (whole, sum(steady(date(2026, 11, 1), date(2026, 11, 16)).values()) + had)


@pytest.mark.parametrize("history", [{}, steady(MID_MONTH - timedelta(13), MID_MONTH), {MID_MONTH: 5}])
def test_a_short_history_forecasts_nothing(history: dict[date, int]) -> None:
    assert forecast_month(history, MID_MONTH) is None


def test_old_days_do_not_count() -> None:
    old = dict.fromkeys(days(date(2026, 1, 1), MID_MONTH - timedelta(57)), 10**9)
    recent = steady(MID_MONTH - timedelta(56), MID_MONTH - timedelta(1))
    found = forecast_month(old | recent, MID_MONTH)
    assert found is not None
    assert found.expected == MONTH


def test_four_months_of_five_end_within_the_interval() -> None:
    chance, within, months = Random(7), 0, 400
    for _ in range(months):
        scattered = {
            day: round(value * chance.lognormvariate(0, 0.3))
            for day, value in steady(date(2026, 9, 1), date(2026, 11, 30)).items()
        }
        found = forecast_month({day: value for day, value in scattered.items() if day < MID_MONTH}, MID_MONTH)
        assert found is not None
        truth = sum(value for day, value in scattered.items() if day.month == 11)
        within += found.low <= truth <= found.high
    assert 0.73 < within / months < 0.87


def test_the_ledger_is_forecast_by_product(books: Books) -> None:
    for day in range(21):  # until 13 December
        books.clock.at = at = NOON + timedelta(days=day)
        calls = [draft(books.bank, f"{day}-{n}", consent_required=False) for n in range(2)]
        books.submit(*calls, draft(books.bank, f"{day}-P16", product_code="P16", consent_required=False))
    with transaction(books.engine) as session:
        rows = forecast_rows(session, ["product"], at)
        assert forecast_rows(session, ["product"], at, test=True) == []
        assert forecast_rows(session, ["product"], at, only={"product": ["P16"]}) == rows[1:]
        assert forecast_rows(session, ["product"], at - timedelta(days=10))[0]["calls_expected"] is None
        with pytest.raises(InvalidInput, match="of the month"):
            forecast_rows(session, ["day"], at)
    assert [list(row) for row in rows] == [["product", *COLUMNS]] * 2
    assert [(row["product"], row["calls_so_far"], row["charged_fen_expected"]) for row in rows] == [
        ("P07", 26, 62 * 800),
        ("P16", 13, 31 * 10),
    ]
