"""Working days of the mainland: weekdays but holidays, and the weekend days worked instead."""

from datetime import date, timedelta
from functools import cache

from pydantic import BaseModel

from features.law.datafile import RULE, read_rules

_DAY = timedelta(days=1)
_SATURDAY = 5


class YearOff(BaseModel):
    """free: `MM-DD`, or the first and last of a run as `MM-DD/MM-DD`. sure: taken from the year's notice."""

    model_config = RULE

    year: int
    sure: bool
    free: tuple[str, ...]
    worked: tuple[str, ...]

    def days_off(self) -> frozenset[date]:
        """Every day off, weekends inside a run included."""
        return frozenset(day for run in self.free for day in self._run(run))

    def days_worked(self) -> frozenset[date]:
        """Weekend days worked instead."""
        return frozenset(self._day(text) for text in self.worked)

    def _run(self, text: str) -> list[date]:
        first, _, last = text.partition("/")
        begin, end = self._day(first), self._day(last or first)
        return [begin + _DAY * step for step in range((end - begin).days + 1)]

    def _day(self, text: str) -> date:
        return date.fromisoformat(f"{self.year}-{text}")


@cache
def _years() -> dict[int, tuple[bool, frozenset[date], frozenset[date]]]:
    years = read_rules("holidays.yaml", YearOff)
    return {one.year: (one.sure, one.days_off(), one.days_worked()) for one in years}


def is_sure(year: int) -> bool:
    """Whether the year's holidays were taken from its notice. Of a year without a table only weekends are off."""
    return year in _years() and _years()[year][0]


def is_working_day(day: date) -> bool:
    """Whether offices are open."""
    _sure, off, worked = _years().get(day.year, (False, frozenset(), frozenset()))
    return day in worked or (day.weekday() < _SATURDAY and day not in off)


def add_working_days(start: date, count: int) -> date:
    """The `count`th working day after a day, which itself does not count; none: the day itself."""
    day = start
    for _ in range(count):
        day += _DAY
        while not is_working_day(day):
            day += _DAY
    return day
