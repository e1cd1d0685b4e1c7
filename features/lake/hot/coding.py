"""Numbers into codes and back into lists of exceptions, one pass each."""

from typing import Any

import numpy as np
from numba import njit

from bureau.compiling import compiled

FAR = 2**63 - 1
"""In place of a difference that is none: the other is unknown, or too far away. It is an exception in every column."""
_UNKNOWN = -(2**63)


def differences(values: Any, others: Any) -> Any:
    """How far values lie from others; unknown where the value is, `FAR` where only the other is."""
    return _differences(values, others)


def encode(values: Any, others: Any, codes: Any, width: int, offset: int, step: int, most: int) -> int:
    """Fill codes of `width` bytes: `most` says exception, the next number unknown; returns how many exceptions.

    others: what the values are counted from; nothing, of no size.
    """
    return int((_encode_in_three if width == 3 else _encode)(values, others, codes, offset, step, most))


def look_up(values: Any, others: Any, listed: Any) -> tuple[Any, int]:
    """The place of each value in a list of at most 254 in their order; 254 where it is in none, 255 for unknown.

    Also how many are in none. others: as for `encode`.
    """
    low = int(listed[0])
    places = np.full(int(listed[-1]) - low + 1, 254, np.uint8)
    places[listed - low] = np.arange(len(listed))
    codes = np.empty(values.size, np.uint8)
    return codes, int(_look_up(values, others, places, low, codes))


def exceptions(codes: Any, width: int, count: int) -> Any:
    """The rows that their codes say are exceptions, of which there are `count`."""
    if count == 0:
        return np.empty(0, np.uint32)
    if width == 3:
        parts = codes.reshape(-1, 3)
        return np.flatnonzero((parts[:, 0] == 254) & (parts[:, 1] == 255) & (parts[:, 2] == 255)).astype(np.uint32)
    return np.flatnonzero(codes == np.iinfo(codes.dtype).max - 1).astype(np.uint32)


def unlike(values: Any, others: Any, constant: int) -> Any:
    """The rows whose value is not the constant, counted from others where these have a size."""
    rows = np.empty(values.size, np.uint32)
    return rows[: int(_unlike(values, others, constant, rows))].copy()


def seen(values: Any, low: int, size: int) -> Any:
    """Which of `size` numbers from `low` on are among the values."""
    return _seen(values, low, size)


@njit(nogil=True, inline="always")
def _told(values, others, i):
    value = values[i]
    if others.size == 0 or value == _UNKNOWN:
        return value
    other = others[i]
    # Asked before it is counted: what goes beyond 64 bits is undefined, and the compiler takes it to be never.
    beyond = value < _UNKNOWN + 1 + other if other > 0 else other == _UNKNOWN or value > FAR - 1 + other
    return FAR if beyond else value - other


@njit(nogil=True)
def _code(value, offset, step, most):
    if value == _UNKNOWN:
        return most + 1
    if value == FAR or value < offset or (offset < 0 and value > FAR + offset):
        return most
    far = value - offset
    code = far if step == 1 else far // step
    return most if code >= most or code * step != far else code


@compiled
def _differences(values, others):
    told = np.empty(values.size, np.int64)
    for i in range(values.size):
        told[i] = _told(values, others, i)
    return told


@compiled
def _encode(values, others, codes, offset, step, most):
    excepted = 0
    for i in range(values.size):
        code = _code(_told(values, others, i), offset, step, most)
        codes[i] = code
        excepted += code == most
    return excepted


@compiled
def _encode_in_three(values, others, codes, offset, step, most):
    excepted = 0
    for i in range(values.size):
        code = _code(_told(values, others, i), offset, step, most)
        codes[3 * i], codes[3 * i + 1], codes[3 * i + 2] = code & 255, code >> 8 & 255, code >> 16
        excepted += code == most
    return excepted


@compiled
def _look_up(values, others, places, low, codes):
    excepted, high = 0, low + places.size - 1
    for i in range(values.size):
        value = _told(values, others, i)
        code = 254
        if value == _UNKNOWN:
            code = 255
        elif low <= value <= high:  # not by how far it lies above: FAR above a negative one would come round
            code = places[value - low]
        codes[i] = code
        excepted += code == 254
    return excepted


@compiled
def _unlike(values, others, constant, rows):
    found = 0
    for i in range(values.size):
        rows[found] = i
        found += _told(values, others, i) != constant
    return found


@compiled
def _seen(values, low, size):
    found = np.zeros(size, np.bool_)
    for value in values:
        found[value - low] = True
    return found
