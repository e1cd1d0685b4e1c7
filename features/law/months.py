"""Terms in months, to the day.

A term of n months from a day ends at the start of the same day n months later, or of the last day of that month where
it is shorter: of the ways to count, the one that ends first.
"""

from datetime import date

from bureau.clock import month_end, months_before


def term_end(start: date, months: int) -> date:
    """The first day on which a term is over."""
    return months_before(start, -months)


def term_over(months: int, used_on: date) -> date:
    """The last day of start whose term is over on a day: `term_end(start, months) <= used_on` up to it, not after."""
    earlier = months_before(used_on, months)
    return month_end(earlier) if used_on == month_end(used_on) else earlier
