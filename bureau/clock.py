"""The two clocks' arithmetic: legal days in Shanghai, instants in UTC microseconds."""

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The legal zone. A fixed offset: the mainland has kept UTC+8 without summer time since 1992."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> datetime:
    """The present instant, in UTC. Only routes and commands may ask."""
    return datetime.now(UTC)


def shanghai_day(at: datetime) -> date:
    """The legal day on which an instant falls."""
    return at.astimezone(SHANGHAI).date()


def hour_of(at: datetime) -> datetime:
    """The first instant of the hour in which an instant falls; hours begin alike in Shanghai and in UTC."""
    return at.replace(minute=0, second=0, microsecond=0)


def known_before(as_of: date) -> datetime:
    """The open end of what was known *as of* a day: 00:00 Shanghai time of the day after."""
    return datetime.combine(as_of + timedelta(days=1), time(), SHANGHAI)


def to_micros(at: datetime) -> int:
    """Whole microseconds since 1970 UTC; exact, where a float of seconds is not."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The instant of a count of microseconds since 1970 UTC."""
    return _EPOCH + micros * _MICROSECOND


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, clamped to the month's end (31 March less one month is 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the month a day lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
