"""Deadlines of the law as data, and when each falls due."""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, Field

from bureau.errors import InvalidInput, UnknownName
from features.law.calendar import add_working_days
from features.law.datafile import RULE, read_rules
from features.law.months import term_end, term_over


class Clock(BaseModel):
    """start: what starts it, in the rule's words. extension: as much more, once, of the same unit."""

    model_config = RULE

    clock: str
    rule: str
    start: str
    length: int = Field(gt=0)
    unit: Literal["working_days", "days", "months", "hours"]
    extension: int = Field(0, ge=0)
    on_miss: str
    mark: Literal["verified", "unverified"]
    in_force_from: date
    source: str


def clocks() -> tuple[Clock, ...]:
    """Every deadline."""
    return read_rules("clocks.yaml", Clock)


def find_clock(name: str) -> Clock:
    """The deadline of a name; raises `UnknownName`."""
    by_name = {one.clock: one for one in clocks()}
    if name not in by_name:
        raise UnknownName("clock", name, by_name)
    return by_name[name]


def due(name: str, start: date | datetime, *, extended: bool = False) -> date | datetime:
    """When a deadline falls due: the last day, or for hours the last instant, on which it is still kept.

    start: the legal day on which it started, or for hours the instant. Raises `InvalidInput` for the other kind, and
    for an extension the law does not know.
    """
    clock = find_clock(name)
    if extended and not clock.extension:
        raise InvalidInput(f"The clock {name!r} knows no extension; leave it out.")
    length = clock.length + (clock.extension if extended else 0)
    if isinstance(start, datetime) != (clock.unit == "hours"):
        raise InvalidInput(f"The clock {name!r} counts {clock.unit}: give it {_wanted(clock)}.")
    match clock.unit:
        case "hours":
            return start + timedelta(hours=length)
        case "working_days":
            return add_working_days(start, length)
        case "days":
            return start + timedelta(days=length)
        case "months":
            return term_end(start, length)


def overdue_since(name: str, day: date) -> date:
    """The last day of start whose deadline has passed before a day, on which it could no longer be kept.

    Raises `InvalidInput` for a deadline that is not one of days or months.
    """
    clock, yesterday = find_clock(name), day - timedelta(days=1)
    match clock.unit:
        case "days":
            return yesterday - timedelta(days=clock.length)
        case "months":
            return term_over(clock.length, yesterday)
    raise InvalidInput(f"The clock {name!r} counts {clock.unit}: only one of days or months can begin a record's use.")


def _wanted(clock: Clock) -> str:
    return "an instant" if clock.unit == "hours" else "a day"
