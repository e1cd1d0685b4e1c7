"""Numbers into codes and back into lists of exceptions, one pass each."""

from typing import Any

import numpy as np

from features.lake.hot.compiling import compiled

_UNKNOWN = -(2**63)


def differences(values: Any, others: Any) -> Any:
    """How far values lie from others; unknown where the value is, the largest number where only the other is."""
    return _differences(values, others)


def encode(values: Any, codes: Any, width: int, offset: int, step: int, most: int) -> None:
    """Fill codes of `width` bytes: `most` says exception, the next number unknown."""
    (_encode_in_three if width == 3 else _encode)(values, codes, offset, step, most)


def look_up(values: Any, listed: Any) -> Any:
    """The place of each value in a list of at most 254 in their order; 254 where it is in none, 255 for unknown."""
    low = int(listed[0])
    places = np.full(int(listed[-1]) - low + 1, 254, np.uint8)
    places[listed - low] = np.arange(len(listed))
    return _look_up(values, places, low)


def exceptions(values: Any, codes: Any, width: int, constant: int) -> Any:
    """The rows that their codes say are exceptions; of width 0 those that are not the constant."""
    if width == 0:
        return np.flatnonzero(values != constant).astype(np.uint32)
    if width == 3:
        parts = codes.reshape(-1, 3)
        return np.flatnonzero((parts[:, 0] == 254) & (parts[:, 1] == 255) & (parts[:, 2] == 255)).astype(np.uint32)
    return np.flatnonzero(codes == np.iinfo(codes.dtype).max - 1).astype(np.uint32)


def seen(values: Any, low: int, size: int) -> Any:
    """Which of `size` numbers from `low` on are among the values."""
    return _seen(values, low, size)


@compiled
def _differences(values, others):
    told = np.empty(values.size, np.int64)
    for i in range(values.size):
        if values[i] == _UNKNOWN:
            told[i] = _UNKNOWN
        else:
            told[i] = 2**63 - 1 if others[i] == _UNKNOWN else values[i] - others[i]
    return told


@compiled
def _encode(values, codes, offset, step, most):
    for i in range(values.size):
        value = values[i]
        far = value - offset
        code = far // step
        if value == _UNKNOWN:
            codes[i] = most + 1
        elif value < offset or far < 0 or code >= most or code * step != far:
            codes[i] = most
        else:
            codes[i] = code


@compiled
def _encode_in_three(values, codes, offset, step, most):
    for i in range(values.size):
        value = values[i]
        far = value - offset
        code = far // step
        if value == _UNKNOWN:
            code = most + 1
        elif value < offset or far < 0 or code >= most or code * step != far:
            code = most
        codes[3 * i], codes[3 * i + 1], codes[3 * i + 2] = code & 255, code >> 8 & 255, code >> 16


@compiled
def _look_up(values, places, low):
    codes = np.empty(values.size, np.uint8)
    for i in range(values.size):
        value = values[i]
        if value == _UNKNOWN:
            codes[i] = 255
        elif value < low or value - low >= places.size:
            codes[i] = 254
        else:
            codes[i] = places[value - low]
    return codes


@compiled
def _seen(values, low, size):
    found = np.zeros(size, np.bool_)
    for value in values:
        found[value - low] = True
    return found
