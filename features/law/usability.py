"""Which records of a feed may be used on a day, as a condition of the algebra that every execution renders.

It is never unknown, so that its negation is exactly what must not be used.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

from features.contracts.contract import Contract
from features.contracts.use import Overdue, Use
from features.engine.rows import Condition, LegalDay, col
from features.law.horizons import UNPUBLISHED
from features.law.terms import TermTable, find_table

ADVERSE_ACTS = ("adverse", "veto")
PERSONAL = "personal_adverse"
"""The table that ends the use of what speaks against a natural person, whatever the contract says."""


def usable(contract: Contract) -> Condition | None:
    """The condition under which a record may be used; None where the law sets none."""
    if contract.used_as is not None:
        column, sources = contract.used_as
        return _by_class(column, {value: usable(source) for value, source in sources})
    return _all(part for part in (in_term(contract), open_to_use(contract)) if part is not None)


def open_to_use(contract: Contract) -> Condition | None:
    """Whether the use of a record has begun, no act has ended it, and its subject has not refused it."""
    parts = [*map(_not_ended, contract.use.ended_by)]
    if contract.use.overdue is not None:
        parts.append(_is_overdue(contract.use.overdue))
    if contract.use.refused_by is not None:
        parts.append(~col(contract.use.refused_by).is_known() | col(contract.use.refused_by).equals(False))
    return _all(parts)


def in_term(contract: Contract) -> Condition | None:
    """Whether the time of a record is not over: by the contract or its table, and for what speaks against persons."""
    use, rules = contract.use, list[Condition]()
    if use.law is not None:
        rules.append(_by_table(use.law, use))
    elif use.months is not None:
        rules.append(_began_after(use, f"months:{use.months}", use.undated_months))
    if PERSONAL in tables_of(contract):
        # The contract's own term has ended what is not dated, where it has one.
        rules.append(_began_after(use, f"law:{PERSONAL}", None if rules else use.undated_months))
    return _all(rules)


def tables_of(contract: Contract) -> tuple[str, ...]:
    """The tables of terms that decide on a feed's records: its contract's, and that of natural persons.

    On a derived feed's rows those of the feeds they tell of.
    """
    if contract.used_as is not None:
        return tuple(dict.fromkeys(table for _, source in contract.used_as[1] for table in tables_of(source)))
    own = () if contract.use.law is None else (contract.use.law,)
    # Also where an act is out of use before its five years begin: when they are over it is erased.
    return (*own, PERSONAL) if contract.personal and contract.direction in ADVERSE_ACTS else own


def _all(parts: Iterable[Condition]) -> Condition | None:
    return reduce(lambda left, right: right if left is None else left & right, parts, None)


def _by_table(name: str, use: Use) -> Condition:
    table = find_table(name)
    if table.divided_by is None:
        return _began_after(use, f"law:{name}")
    return _by_class(table.divided_by, {of: _by_term(table, of, use) for of in table.classes if of is not None})


def _by_term(table: TermTable, of: str, use: Use) -> Condition:
    rule = f"law:{table.table}:{of}"
    if table.published_by is None or not table.divides_published(of):
        return _began_after(use, rule)
    open_all_the_same = _began_after(use, f"{rule}:{UNPUBLISHED}")
    return _began_after(use, rule) & (col(table.published_by).is_known() | open_all_the_same)


def _by_class(column: str, conditions: Mapping[str, Condition | None]) -> Condition:
    """Each class by its own condition, None taking all of it; one whose class is not stated has none."""
    classes = [
        col(column).equals(of) if condition is None else col(column).equals(of) & condition
        for of, condition in conditions.items()
    ]
    return col(column).is_known() & reduce(or_, classes)


def _began_after(use: Use, rule: str, undated_months: int | None = None) -> Condition:
    """The clock has not started, or started after the last day for which it has run out.

    undated_months: how long after its event a record is used whose clock has not started; None: as long as that.
    """
    began, known = col(use.since) > LegalDay(rule), col(use.since).is_known()
    if use.since == "event_date":
        return began
    undated: list[Condition] = []
    if undated_months is not None:
        undated.append(col("event_date") > LegalDay(f"months:{undated_months}"))
    if use.over_told_by is not None:
        undated.append(~col(use.over_told_by).is_known() | (col("event_date") > LegalDay(rule)))
    in_use = _all(undated)
    return ~known | began if in_use is None else (known & began) | (~known & in_use)


def _is_overdue(rule: Overdue) -> Condition:
    """Of the class only what is overdue; a record whose class is not stated is not used."""
    column, of = rule.of
    passed = col(rule.since).is_known() & (col(rule.since) <= LegalDay(f"clock:{rule.clock}"))
    return col(column).is_known() & (~col(column).equals(of) | (passed & _not_ended(rule.kept_on)))


def _not_ended(column: str) -> Condition:
    return ~col(column).is_known() | (col(column) > LegalDay("day"))
