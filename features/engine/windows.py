"""Which days count: windows ending on the day read, or at the last period already published on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bureau.clock import month_end, months_before

MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
"""Length of a feed's period in months."""


class Step(StrEnum):
    """What a window is counted in."""

    DAYS = "days"
    MONTHS = "months"
    PERIODS = "periods"
    EVER = "ever"


@dataclass(frozen=True)
class Window:
    """`length` steps that end `before` steps ago."""

    step: Step
    length: int = 0
    before: int = 0


@dataclass(frozen=True)
class Bounds:
    """Event dates in (after, until]; `after` None reaches back to the first record."""

    after: date | None
    until: date


def days(length: int, *, before: int = 0) -> Window:
    """Event dates in (D - n days, D]; with `before`, the n days that end that many days earlier."""
    return Window(Step.DAYS, length, before)


def months(length: int, *, before: int = 0) -> Window:
    """Event dates in (D - n months, D], month ends clamped; with `before`, the window that many months earlier."""
    return Window(Step.MONTHS, length, before)


def periods(length: int, *, before: int = 0) -> Window:
    """The last n periods of a feed whose delivery deadline has passed on D, so that a month not yet published
    is not read as a fall; with `before`, the n periods that end that many periods earlier."""
    return Window(Step.PERIODS, length, before)


def ever() -> Window:
    """Every event date up to D."""
    return EVER


EVER = Window(Step.EVER)


def last_published(as_of: date, period: str, deadline_days: int) -> date:
    """The last day of the newest period that was due by `as_of`: its end plus the deadline is not after that day."""
    step = MONTHS_IN[period]
    due = as_of - timedelta(days=deadline_days)
    closed = months_before(due.replace(day=1), (due.month - 1) % step)  # first day of the period `due` lies in
    end = month_end(months_before(closed, 1 - step))
    return end if end <= due else month_end(months_before(closed, 1))


def bounds(window: Window, as_of: date, period: str | None, deadline_days: int) -> Bounds:
    """The days a window covers on one day, for a feed of that period and deadline."""
    if window.step is Step.EVER:
        return Bounds(None, as_of)
    far = window.before + window.length
    if window.step is Step.DAYS:
        return Bounds(as_of - timedelta(days=far), as_of - timedelta(days=window.before))
    if window.step is Step.MONTHS:
        return Bounds(months_before(as_of, far), months_before(as_of, window.before))
    if period is None:
        raise ValueError("A window of periods needs a feed of periods.")
    end, step = last_published(as_of, period, deadline_days), MONTHS_IN[period]
    return Bounds(month_end(months_before(end, far * step)), month_end(months_before(end, window.before * step)))
