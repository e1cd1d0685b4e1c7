"""How an aggregate is taken of a feed's rows: its values, the records that decide it, or how far these reach.

Windows of a feed overlap and hold few rows each. What one counts, sums or finds is the difference of two places in a
tally of all rows, which is made once for every window and without a guess where a window ends.
"""

from collections.abc import Callable

from features.contracts.contract import Contract
from features.engine.algebra import Feature, Kind
from features.engine.kernel import machine
from features.engine.kernel.expressions import DAYS_OF_A_RECORD, Steps

Taken = tuple[int, int, int]
"""The code of an aggregate and the two registers it reads; -1 for none."""
Taking = Callable[[Feature, int, Steps], Taken]
"""Writes the steps of a feature that is not derived from others, told the register of its condition, -1 without one."""
_CODES = {
    Kind.COUNT: machine.COUNT,
    Kind.EXISTS: machine.EXISTS,
    Kind.DISTINCT: machine.DISTINCT,
    Kind.TOTAL: machine.TOTAL,
    Kind.MEAN: machine.MEAN,
    Kind.SMALLEST: machine.SMALLEST,
    Kind.LARGEST: machine.LARGEST,
    Kind.LATEST: machine.LATEST,
    Kind.DAYS_SINCE_LAST: machine.SINCE_LAST,
    Kind.DAYS_SINCE_FIRST: machine.SINCE_FIRST,
    Kind.MONTHS_ACTIVE: machine.CHANGES,
}
_DECIDED = {
    Kind.LATEST: machine.CITE_NEWEST,
    Kind.DAYS_SINCE_LAST: machine.CITE_NEWEST,
    Kind.DAYS_SINCE_FIRST: machine.CITE_OLDEST,
}
"""Aggregates that one record decides; all others every record that enters."""


def values(leaf: Feature, where: int, steps: Steps) -> Taken:
    """What a feature says."""
    kind = leaf.take.kind
    code = _CODES[kind]
    if kind in (Kind.COUNT, Kind.EXISTS):
        return code, _placed(machine.HELD, where, steps), -1
    if kind is Kind.DAYS_SINCE_LAST:
        return code, _placed(machine.NEWEST, where, steps), -1
    if kind is Kind.DAYS_SINCE_FIRST:
        return code, _placed(machine.OLDEST, where, steps), -1
    value = _value(leaf, steps)
    if kind is Kind.LATEST:
        return code, _placed(machine.NEWEST, where, steps), value
    if kind is Kind.MONTHS_ACTIVE:  # every row has a month
        return code, _placed(machine.OLDEST, where, steps), steps.step(machine.CHANGED, where, value)
    if kind in (Kind.TOTAL, Kind.MEAN):
        return code, steps.step(machine.SUMMED, where, value, registers=2), -1
    return code, _entering(where, value, steps), -1


def citing(numbers: Callable[[Contract], str]) -> Taking:
    """The rows that decide a feature. numbers: the column they are cited by."""

    def taken(leaf: Feature, where: int, steps: Steps) -> Taken:
        return _DECIDED.get(leaf.take.kind, machine.CITE_ALL), where, steps.stored(numbers(leaf.feed))

    return taken


def reaching(_leaf: Feature, where: int, steps: Steps) -> Taken:
    """The newest day on which a row that enters became known."""
    known = steps.stored(DAYS_OF_A_RECORD[machine.KNOWN_FROM])
    return machine.LARGEST, _entering(where, known, steps), -1


def _placed(code: int, where: int, steps: Steps) -> int:
    return -1 if where < 0 else steps.step(code, where)


def _entering(where: int, value: int, steps: Steps) -> int:
    return value if where < 0 else steps.step(machine.ENTERING, where, value)


def _value(leaf: Feature, steps: Steps) -> int:
    if leaf.take.kind is Kind.MONTHS_ACTIVE:
        return steps.step(machine.MONTH)
    if leaf.take.value is None:
        raise TypeError(f"{leaf.take.kind} of {leaf.feed.code} names no value.")
    if leaf.take.categories:
        return steps.category(leaf.take.value, leaf.take.categories)
    return steps.register(leaf.take.value)
