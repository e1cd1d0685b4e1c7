"""Which records may enter a feature beside its window: those that pass its own filter and that the law lets be used.

Every execution asks here or at `features.law.usability`: SQL narrows a whole scan by the law, a kernel tests `admitted`
record by record. The day of use stands in the legal days of the condition.
"""

from features.contracts.contract import Contract
from features.engine.algebra import Feature
from features.engine.rows import Condition, Expression, legal_days
from features.law.usability import usable


def admitted(leaf: Feature) -> Condition | None:
    """The condition for a record known on the day and inside the window to enter a leaf; None takes all."""
    law = usable(leaf.feed)
    if leaf.where is None or law is None:
        return leaf.where or law
    return leaf.where & law


def contract_rules(contract: Contract) -> tuple[str, ...]:
    """Rules of the legal days that decide about a feed's records, each once."""
    return _rules(usable(contract))


def leaf_rules(leaf: Feature) -> tuple[str, ...]:
    """Rules of the legal days a leaf's records are held against, each once."""
    return tuple(dict.fromkeys((*_rules(admitted(leaf)), *_rules(leaf.take.value))))


def _rules(expression: Expression | None) -> tuple[str, ...]:
    return () if expression is None else tuple(dict.fromkeys(day.rule for day in legal_days(expression)))
