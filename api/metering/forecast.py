"""What a month will come to: what it has, and for each day that is left the mean of its weekday in eight weeks.

No trend and no holidays: a month of the Spring Festival comes to less than this says. The interval is the one in which
four months of five end, if days of a weekday scatter as they did, each by itself.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby
from math import sqrt
from typing import Any

from sqlalchemy.orm import Session

from api.metering.usage import usage_rows
from bureau.clock import SHANGHAI, month_end, shanghai_day
from bureau.errors import InvalidInput

WEEKS = 8
LEAST_DAYS = 14
"""Whole days of history without which nothing is forecast."""
MEASURES = ("calls", "charged_fen")
COLUMNS = tuple(f"{measure}_{part}" for measure in MEASURES for part in ("so_far", "expected", "low", "high"))
_HALF_WIDTH = 1.2816  # of a standard normal's middle 80 %
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Forecast:
    """One figure of a month, whole: calls or fen. so_far holds the part of today that is over."""

    so_far: int
    expected: int
    low: int
    high: int


def forecast_month(history: Mapping[date, int], today: date) -> Forecast | None:
    """The month of `today` from the figures of days; a day that is not among them had none.

    None where the first day of the history lies less than `LEAST_DAYS` before today.
    """
    past = _past(history, today)
    if len(past) < LEAST_DAYS:
        return None
    days = [today.replace(day=1) + _DAY * n for n in range(month_end(today).day)]
    so_far = sum(history.get(day, 0) for day in days if day <= today)
    of_weekday = defaultdict(list)
    for day, value in past.items():
        of_weekday[day.weekday()].append(value)
    expected, variance = Fraction(so_far), Fraction(0)
    left = [day.weekday() for day in days if day >= today]
    for weekday in set(left):
        mean, spread = _moments(of_weekday[weekday])
        times = left.count(weekday)
        expected += times * mean
        variance += spread * times + spread * times**2 / len(of_weekday[weekday])
    had = Fraction(history.get(today, 0))  # what today had is part of what it was expected to have
    expected -= min(_moments(of_weekday[today.weekday()])[0], had)
    middle, half = _rounded(expected), round(_HALF_WIDTH * sqrt(variance))
    return Forecast(so_far, middle, min(max(middle - half, so_far), middle), middle + half)


def forecast_rows(
    session: Session,
    by: Sequence[str],
    at: datetime,
    *,
    institution_id: int | None = None,
    test: bool = False,
    only: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """The month of an instant: one row for each combination of `by` with its values and `COLUMNS`, None where the
    history is too short. only: as `usage_rows` has it. Raises `InvalidInput` for a day or an hour, which the month is
    made of."""
    if {"day", "hour"} & {*by, *(only or {})}:
        raise InvalidInput("A forecast is of the month; group it by anything but day and hour.")
    today = shanghai_day(at)
    first = min(today - WEEKS * 7 * _DAY, today.replace(day=1))
    start = datetime.combine(first, time(), SHANGHAI)
    rows = usage_rows(session, [*by, "day"], start=start, institution_id=institution_id, test=test, only=only)
    return [
        dict(zip(by, group, strict=True)) | _row(list(of_days), today)
        for group, of_days in groupby(rows, key=lambda row: [row[name] for name in by])
    ]


def _row(rows: Sequence[Mapping[str, Any]], today: date) -> dict[str, int | None]:
    told: dict[str, int | None] = {}
    for measure in MEASURES:
        found = forecast_month({date.fromisoformat(row["day"]): row[measure] for row in rows}, today)
        for part in ("so_far", "expected", "low", "high"):
            told[f"{measure}_{part}"] = None if found is None else getattr(found, part)
    return told


def _past(history: Mapping[date, int], today: date) -> dict[date, int]:
    """The whole days of the window, from the first that had anything."""
    begin = today - WEEKS * 7 * _DAY
    had = [day for day in history if begin <= day < today]
    if not had:
        return {}
    return {day: history.get(day, 0) for day in (min(had) + _DAY * n for n in range((today - min(had)).days))}


def _moments(values: Sequence[int]) -> tuple[Fraction, Fraction]:
    """Mean and variance of at least two values."""
    mean = Fraction(sum(values), len(values))
    return mean, sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)


def _rounded(value: Fraction) -> int:
    """To the nearest whole, a half upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
