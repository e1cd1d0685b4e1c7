"""Months of Shanghai, as statements name them, and until when they are closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, func, select

from api.billing.tables import Statement
from bureau.clock import SHANGHAI, from_micros, month_end, shanghai_day
from bureau.errors import ImpossibleDate

_EPOCH = from_micros(0)
_NEWEST = select(func.max(Statement.month))
_WRITTEN = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")
"""Of a millennium in which there are statements: further away the calendar itself ends."""


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month. `first` is its first day."""

    first: date

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month of `2026-11`; raises `ImpossibleDate`."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ImpossibleDate(text, "a statement", month=True)
        return cls(date(int(found[1]), int(found[2]), 1))

    @classmethod
    def of(cls, at: datetime) -> "Month":
        """The month of an instant."""
        return cls(shanghai_day(at).replace(day=1))

    def until(self, last: "Month") -> Iterator["Month"]:
        """The months from this one to another, both among them; none where the other is earlier."""
        month = self
        while month <= last:
            yield month
            month = month.next

    @property
    def next(self) -> "Month":
        return Month(date.fromordinal(month_end(self.first).toordinal() + 1))

    @property
    def former(self) -> "Month":
        return Month(date.fromordinal(self.first.toordinal() - 1).replace(day=1))

    @property
    def begins(self) -> datetime:
        """00:00 of its first day in Shanghai."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @property
    def ends(self) -> datetime:
        """The open end: 00:00 of the next month."""
        return self.next.begins

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def closed_until(connection: Connection) -> datetime:
    """The end of the newest month for which any statement was issued: nothing more is written into it."""
    newest = connection.scalar(_NEWEST)
    return _EPOCH if newest is None else Month(newest).ends
