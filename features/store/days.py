"""A day as a user writes it."""

from datetime import date, datetime

from bureau.clock import now, shanghai_day
from bureau.errors import ImpossibleDate, InvalidInput
from features.contracts.quality import FIRST_DAY


def read_day(text: str, option: str) -> date:
    """The day of a text YYYY-MM-DD; raises `ImpossibleDate` naming the option it stood in.

    Raises `InvalidInput` for a day before `FIRST_DAY`, from which on records lie.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a legal day has no zone
    except ValueError as problem:
        raise ImpossibleDate(text, option) from problem
    if day < FIRST_DAY:
        raise InvalidInput(f"No record lies before {FIRST_DAY}, and {option} is {day}. Give {option} a day since then.")
    return day


def read_past_day(text: str, option: str) -> date:
    """A day on which something could have been known; raises `InvalidInput` for one that has not come yet."""
    day, today = read_day(text, option), shanghai_day(now())
    if day > today:
        raise InvalidInput(f"{day} has not come yet, so nothing is known as of it. Give {option} a day up to {today}.")
    return day
