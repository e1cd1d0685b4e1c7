"""What the conditions of a loan product are put to: a few facts of one firm."""

from dataclasses import dataclass
from datetime import date, timedelta

from bureau.clock import months_before
from models.scoring import Scored
from products.reading import Reading, Value


@dataclass(frozen=True)
class Profile:
    """What is known of a firm; None: unknown here. Amounts are fen, `division` has 6 to 9 digits."""

    score: int | None
    grade: str | None
    months_in_operation: int | None
    arrears_fen: int | None
    section: str | None
    division: str | None


def profile_of(reading: Reading, scored: Scored | None) -> Profile:
    """The facts of a reading's subject. An arrears feed never received leaves arrears unknown, not zero."""
    values = reading.values(reading.product.features())
    age_days, section = _whole(values["age_days"]), values["industry_section"]
    return Profile(
        score=scored.score if scored else None,
        grade=scored.grade if scored else None,
        months_in_operation=None if age_days is None else whole_months(age_days, reading.day),
        arrears_fen=_whole(values["tax_arrears_open"]),
        section=section if isinstance(section, str) else None,
        division=next(iter(reading.records("F01")["division"]), None),
    )


def whole_months(age_days: int, day: date) -> int:
    """Whole months from the day of establishment to a day; the month's end counts as its last day."""
    established = day - timedelta(days=age_days)
    months = (day.year - established.year) * 12 + day.month - established.month
    return months - (months_before(day, months) < established)


def _whole(value: Value) -> int | None:
    return int(value) if isinstance(value, int | float) else None
