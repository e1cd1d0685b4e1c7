"""Which records of a feed may be used on a day, as a condition of the algebra that every execution renders."""

from features.contracts.contract import Contract
from features.engine.rows import Condition


def usable(_contract: Contract) -> Condition | None:
    """The condition under which a record may be used; None where the law sets none."""
    return None
