"""Days that rules derive from the day of use: what began on them or before is too old."""

from datetime import date

from bureau.errors import UnknownName
from features.law.clocks import find_clock, overdue_since
from features.law.months import term_over
from features.law.terms import find_table

UNPUBLISHED = "unpublished"


def legal_day(rule: str, used_on: date) -> date:
    """The day a rule names on a day of use.

    `day` is that day itself. `months:36` is the last day whose term of 36 months is over. `law:penalty:一般` is the
    same for a class of a dated table, by the regime in force on the day of use, `law:penalty:轻微:unpublished` for what
    of it was not published; `law:serious_list` for a table of one class. `clock:power_arrears_adverse` is the last day
    from which a deadline has passed before the day of use.
    """
    kind, _, argument = rule.partition(":")
    match kind:
        case "day":
            return used_on
        case "months":
            return term_over(int(argument), used_on)
        case "law":
            table, of, how = (*argument.split(":"), "", "")[:3]
            return find_table(table).over_since(of or None, used_on, published=how != UNPUBLISHED)
        case "clock":
            return overdue_since(argument, used_on)
    raise UnknownName("legal day", rule, ("day", "months:N", "law:TABLE:CLASS", "clock:NAME"))


def law_behind(rule: str) -> object:
    """What the days of a rule follow beside its own words, as plain JSON values: equal law, and only it, is equal here.

    Sources, questions and texts of the law do not enter; None where the rule says all.
    """
    kind, _, argument = rule.partition(":")
    match kind:
        case "law":
            table = find_table(argument.partition(":")[0])
            deciding = {"in_force_from", "transition", "terms"}
            return [regime.model_dump(mode="json", include=deciding) for regime in table.regimes]
        case "clock":
            return find_clock(argument).model_dump(mode="json", include={"length", "unit"})
    return None
