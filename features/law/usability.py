"""Which records of a feed may be used on a day, as a condition of the algebra that every execution renders.

It is never unknown, so that its negation is exactly what must not be used.
"""

from functools import reduce
from operator import and_, or_

from features.contracts.contract import Contract
from features.engine.rows import Condition, LegalDay, col
from features.law.terms import find_table

ADVERSE_ACTS = ("adverse", "veto")
PERSONAL = "personal_adverse"
"""The table that ends the use of what speaks against a natural person, whatever the contract says."""


def usable(contract: Contract) -> Condition | None:
    """The condition under which a record may be used; None where the law sets none."""
    parts = [*_within_term(contract), *map(_not_ended, contract.use.ended_by)]
    if contract.use.refused_by is not None:
        parts.append(~col(contract.use.refused_by).is_known() | col(contract.use.refused_by).equals(False))
    return reduce(and_, parts) if parts else None


def _within_term(contract: Contract) -> list[Condition]:
    """What ends by the clock: a term of the contract or of its table, and that of persons."""
    since, parts = contract.use.since, []
    if contract.use.law is not None:
        parts.append(_by_table(contract.use.law, since))
    elif contract.use.months is not None:
        parts.append(_began_after(since, f"months:{contract.use.months}"))
    if contract.personal and contract.direction in ADVERSE_ACTS:
        parts.append(_by_table(PERSONAL, since))
    return parts


def _by_table(name: str, since: str) -> Condition:
    table = find_table(name)
    if table.divided_by is None:
        return _began_after(since, f"law:{name}")
    classes = [
        col(table.divided_by).equals(of) & _began_after(since, f"law:{name}:{of}")
        for of in table.classes
        if of is not None
    ]
    # A record whose class is not stated has no term to rest on.
    return col(table.divided_by).is_known() & reduce(or_, classes)


def _began_after(since: str, rule: str) -> Condition:
    """The clock has not started, or started after the last day for which it has run out."""
    began = col(since) > LegalDay(rule)
    return began if since == "event_date" else ~col(since).is_known() | began


def _not_ended(column: str) -> Condition:
    return ~col(column).is_known() | (col(column) > LegalDay("day"))
