"""The RFC 8785 form of JSON: one spelling of each value, which digests are taken over."""

import json
from typing import Any

import rfc8785

_WHOLE = 2**53
_TEXT = frozenset({str})
_encoded = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, check_circular=False, sort_keys=True, separators=(",", ":")
).encode


def canonical(value: Any) -> bytes:
    """The one spelling of a value; raises `ValueError` for what has none, as NaN and whole numbers from 2^53 on.

    The interpreter's own encoder spells nearly every answer as RFC 8785 does, ten times as fast as `rfc8785`, which
    spells the others: fractions that are whole, tiny or huge, and letters outside the basic plane, where the order of
    UTF-16 is another than that of code points.
    """
    if _spelled_alike(value):
        text = _encoded(value)
        if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
            return text.encode()
    return rfc8785.dumps(value)


def _spelled_alike(value: Any) -> bool:
    """Whether every number in a value is spelled alike, and nothing in it is of a type that needs a closer look."""
    nested = [value]
    for one in nested:
        kind = type(one)
        if kind is str or kind is bool or one is None:
            continue
        if kind is dict:
            if not _TEXT.issuperset(map(type, one)):
                return False
            nested.extend(one.values())
        elif kind is list:
            nested.extend(one)
        elif kind is int:
            if not -_WHOLE < one < _WHOLE:
                return False
        elif kind is not float or not 1e-4 <= abs(one) < 1e15 or one.is_integer():
            return False
    return True
