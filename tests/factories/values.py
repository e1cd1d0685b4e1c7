"""The values of features of one firm, read as a live answer reads them."""

from collections.abc import Iterable
from datetime import date

from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.lake.registry import resolve
from features.store.live import live_vector
from features.store.live_kernel import Value


def value(lake: Lake, name: str, firm: str, as_of: date | str) -> Value:
    """`as_of` as a day or as its text."""
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    return live_vector(lake, [name], resolve(lake, firm).enterprise_id, day, operator_grant())[name]


def values(lake: Lake, names: Iterable[str], firm: str, as_of: str) -> dict[str, Value]:
    """Several features of one firm, read at once."""
    number = resolve(lake, firm).enterprise_id
    return live_vector(lake, list(names), number, date.fromisoformat(as_of), operator_grant())
