"""The city's calendar as a row of months: days are whole numbers since 1970-01-01, months are positions."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from features.sources.city.arrays import Ints

DAYS_PER_YEAR = 365.25
_EPOCH_MONTH = np.datetime64("1970-01", "M")


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return int(np.datetime64(day, "D").astype(np.int64))


@dataclass(frozen=True)
class Months:
    """Every month from `burn_in` months before `first` up to the month of `last`.

    The burn-in gives delayed effects a past; nothing of it is delivered.
    """

    first: date
    last: date
    burn_in: int

    @cached_property
    def _start(self) -> np.datetime64:
        return np.datetime64(self.first, "M") - self.burn_in

    @cached_property
    def count(self) -> int:
        return int((np.datetime64(self.last, "M") - self._start).astype(int)) + 1

    @cached_property
    def begins(self) -> Ints:
        """(months,) first day of each month."""
        return (self._start + np.arange(self.count)).astype("datetime64[D]").astype(np.int64)

    @cached_property
    def ends(self) -> Ints:
        """(months,) last day of each month."""
        following = (self._start + np.arange(1, self.count + 1)).astype("datetime64[D]")
        return following.astype(np.int64) - 1

    @cached_property
    def month_of_year(self) -> Ints:
        """(months,) 1 to 12."""
        return (self._start + np.arange(self.count) - _EPOCH_MONTH).astype(np.int64) % 12 + 1

    @cached_property
    def year(self) -> Ints:
        """(months,) calendar year."""
        return (self._start + np.arange(self.count)).astype("datetime64[Y]").astype(np.int64) + 1970

    @cached_property
    def last_day(self) -> int:
        """The last day anything can be known, as days since 1970."""
        return day_number(self.last)

    def position(self, days: Ints) -> Ints:
        """The month each day lies in, as a position; negative before the burn-in."""
        months = days.astype("datetime64[D]").astype("datetime64[M]")
        return (months - self._start).astype(np.int64)
