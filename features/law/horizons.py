"""Days that rules derive from the day of use: what lies before them is too old."""

from datetime import date

from bureau.clock import months_before
from bureau.errors import UnknownName


def legal_day(rule: str, used_on: date) -> date:
    """The day a rule names on a day of use: `day` itself, or `months:36`, that many months earlier (ends clamped)."""
    kind, _, argument = rule.partition(":")
    match kind:
        case "day":
            return used_on
        case "months":
            return months_before(used_on, int(argument))
    raise UnknownName("legal day", rule, ("day", "months:N"))
