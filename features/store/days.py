"""A day as a user writes it."""

from datetime import date, datetime

from bureau.errors import ImpossibleDate


def read_day(text: str, option: str) -> date:
    """The day of a text YYYY-MM-DD; raises `ImpossibleDate` naming the option it stood in."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a legal day has no zone
    except ValueError as problem:
        raise ImpossibleDate(text, option) from problem
