"""Order rows by enterprise, event day, instant known and record number, at memory speed."""

from typing import Any

import numpy as np
from numba import njit

from bureau.compiling import compiled


def arrange(place: Any, event: Any, known_at: Any, record_no: Any, enterprises: int) -> tuple[Any, Any]:
    """Where each enterprise's rows begin (and the end), and the order of all rows."""
    offsets, order = _arrange(*map(_fixed, (place, event, known_at, record_no)), enterprises)
    return offsets, order


def _fixed(values: Any) -> Any:
    """The same memory, not to be written: Numba compiles for either kind, and this is the kind Arrow gives."""
    view = values.view()
    view.flags.writeable = False
    return view


def count_within(codes: Any, offsets: Any) -> Any:
    """Codes that tell values of one enterprise apart and no more, so that they fit a byte or two.

    codes: arranged, 0 and up, the smallest 64-bit number for unknown.
    """
    return _count_within(codes, offsets, max(int(codes.max(initial=-1)) + 1, 0))


def refit(values: Any, unknown: int, width: Any, instead: int) -> Any:
    """The same values in another width that holds them, with its own number for unknown."""
    fitted = np.empty(values.size, width)
    _refit(values, values.dtype.type(unknown), fitted, fitted.dtype.type(instead))
    return fitted


@njit(nogil=True)
def _later(event, known_at, record_no, one, other):
    if event[one] != event[other]:
        return event[one] > event[other]
    if known_at[one] != known_at[other]:
        return known_at[one] > known_at[other]
    return record_no[one] > record_no[other]


@njit(nogil=True)
def _sort_span(event, known_at, record_no, order, low, high, spare):
    """Merge sort from below; a span already in order costs one pass."""
    step = 1
    for i in range(low + 1, high):
        if _later(event, known_at, record_no, order[i - 1], order[i]):
            break
    else:
        return
    while step < high - low:
        for left in range(low, high, 2 * step):
            middle, right = min(left + step, high), min(left + 2 * step, high)
            i, j = left, middle
            for k in range(left, right):
                if j >= right or (i < middle and not _later(event, known_at, record_no, order[i], order[j])):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
        order[low:high] = spare[low:high]
        step *= 2


@compiled
def _arrange(place, event, known_at, record_no, enterprises):
    offsets = np.zeros(enterprises + 1, np.int64)
    for i in range(place.size):
        offsets[place[i] + 1] += 1
    for e in range(enterprises):
        offsets[e + 1] += offsets[e]
    filled, order = offsets[:-1].copy(), np.empty(place.size, np.int64)
    for i in range(place.size):
        order[filled[place[i]]] = i
        filled[place[i]] += 1
    spare = np.empty(place.size, np.int64)
    for e in range(enterprises):
        _sort_span(event, known_at, record_no, order, offsets[e], offsets[e + 1], spare)
    return offsets, order


@compiled
def _count_within(codes, offsets, kinds):
    owner, own = np.full(kinds, -1, np.int64), np.empty(kinds, np.int64)
    counted = np.empty(codes.size, np.int64)
    for e in range(offsets.size - 1):
        found = 0
        for i in range(offsets[e], offsets[e + 1]):
            code = codes[i]
            if code < 0:
                counted[i] = code
                continue
            if owner[code] != e:
                owner[code], own[code] = e, found
                found += 1
            counted[i] = own[code]
    return counted


@compiled
def _refit(values, unknown, fitted, instead):
    for i in range(values.size):
        fitted[i] = instead if values[i] == unknown else values[i]
