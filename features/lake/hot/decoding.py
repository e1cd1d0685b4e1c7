"""Stored columns become columns of a segment without leaving machine code: days, gaps, texts that are only counted."""

from typing import Any

import numpy as np
from numba import njit

from bureau.compiling import compiled

FIRST_DAY_TO_EPOCH = 25_567
"""Days from 1900-01-01 to 1970-01-01."""
_MIDNIGHT = 57_600
"""The second of a day in UTC at which the next day begins in Shanghai."""
_DAY, _SHIFT = 86_400_000_000, 2_208_988_800_000_000 + 28_800_000_000
"""Microseconds: of a day, and from 1900-01-01 in Shanghai to 1970-01-01 UTC."""
_GAP = -(2**31)
_UNKNOWN = -(2**63)
_SEED, _PRIME = np.uint64(14_695_981_039_346_656_037), np.uint64(1_099_511_628_211)


IN_ORDER, TIED, MIXED = range(3)
"""Of rows: by enterprise, event day and second known; so, but for rows of one second; not so."""


def record_days(event: Any, lag: Any, second: Any, closed: Any, withdrawn: Any) -> tuple[Any, Any, Any]:
    """Event day, and the days a record was known from and to, int32 from 1900-01-01; the last unknown: still known.

    closed: the instant it ended, unknown for most. withdrawn: whether the row only says that its record is void; the
    day it was known to lies before all others then, so that no day sees it.
    """
    days: tuple[Any, Any, Any] = _record_days(event, lag, second, closed, withdrawn)
    return days


def count_unseen(since: Any, until: Any) -> int:
    """How many rows no day sees, because they were known to no later day than they were known from."""
    return int(_count_unseen(since, until))


def fill(values: Any, marks: Any, first: int, unknown: int, further: int, filled: Any) -> None:
    """Put values into `filled`, each by `further` more, and what is unknown as `unknown`.

    marks: Arrow's bits of what is known, that of the first value in place `first`; nothing where all is known.
    """
    _fill(values, marks, first, unknown, further, filled)


def order_of(enterprise: Any, event: Any, lag: Any, second: Any) -> int:
    """How rows stand: `IN_ORDER`, `TIED` or `MIXED`."""
    return int(_order_of(enterprise, event, lag, second))


def known_at(event: Any, lag: Any, second: Any, micro: Any) -> Any:
    """The instants rows were known at, in microseconds."""
    return (event.astype(np.int64) + lag) * _DAY + second.astype(np.int64) * 1_000_000 + micro


def spans(enterprise: Any, buckets: int, enterprises: int) -> Any:
    """Where the rows of each enterprise of a bucket begin, and the end, of rows that stand by enterprise."""
    return _spans(enterprise, buckets, enterprises)


def count_texts(starts: Any, letters: Any, known: Any, offsets: Any) -> Any:
    """Codes that tell an enterprise's different texts apart; unknown texts have none.

    starts: where each text begins among the letters, and the end. offsets: where each enterprise's rows begin.
    """
    return _count_texts(starts, letters, known, offsets)


@compiled
def _record_days(event, lag, second, closed, withdrawn):
    rows = event.size
    happened, since, until = np.empty(rows, np.int32), np.empty(rows, np.int32), np.empty(rows, np.int32)
    for i in range(rows):
        day = event[i] + FIRST_DAY_TO_EPOCH
        happened[i] = day
        since[i] = day + lag[i] + (second[i] >= _MIDNIGHT)
        until[i] = _GAP
    for i in range(closed.size):
        if closed[i] != _UNKNOWN:
            until[i] = max((closed[i] + _SHIFT) // _DAY, 0)
    for i in range(withdrawn.size):
        if withdrawn[i]:
            until[i] = 0
    return happened, since, until


@compiled
def _fill(values, marks, first, unknown, further, filled):
    if marks.size == 0:
        for i in range(values.size):
            filled[i] = values[i] + further
        return
    for i in range(values.size):
        known = marks[(first + i) >> 3] >> ((first + i) & 7) & 1
        filled[i] = values[i] + further if known else unknown


@compiled
def _count_unseen(since, until):
    unseen = 0
    for i in range(since.size):
        unseen += until[i] != _GAP and until[i] <= since[i]
    return unseen


@compiled
def _order_of(enterprise, event, lag, second):
    found = IN_ORDER
    for i in range(1, enterprise.size):
        if enterprise[i] != enterprise[i - 1]:
            if enterprise[i] < enterprise[i - 1]:
                return MIXED
        elif event[i] != event[i - 1]:
            if event[i] < event[i - 1]:
                return MIXED
        elif lag[i] != lag[i - 1]:
            if lag[i] < lag[i - 1]:
                return MIXED
        elif second[i] != second[i - 1]:
            if second[i] < second[i - 1]:
                return MIXED
        else:
            found = TIED
    return found


@compiled
def _spans(enterprise, buckets, enterprises):
    offsets = np.empty(enterprises + 1, np.uint32)
    filled, last = 0, -1
    for i in range(enterprise.size):
        if enterprise[i] == last:
            continue
        last = enterprise[i]
        while filled <= last // buckets:
            offsets[filled] = i
            filled += 1
    while filled <= enterprises:
        offsets[filled] = enterprise.size
        filled += 1
    return offsets


@njit(nogil=True)
def _same(starts, letters, one, other):
    size = starts[one + 1] - starts[one]
    if starts[other + 1] - starts[other] != size:
        return False
    for k in range(size):  # noqa: SIM110  # Numba compiles no generator here
        if letters[starts[one] + k] != letters[starts[other] + k]:
            return False
    return True


@njit(nogil=True)
def _digest(letters, start, stop):
    """Eight letters a step; unsigned places spare the question whether they count from the end."""
    digest, place, end = _SEED, np.uint64(start), np.uint64(stop)
    while place + np.uint64(8) <= end:
        word = np.uint64(0)
        for k in range(8):
            word |= np.uint64(letters[place + np.uint64(k)]) << np.uint64(8 * k)
        digest = (digest ^ word) * _PRIME
        digest ^= digest >> np.uint64(29)
        place += np.uint64(8)
    while place < end:
        digest = (digest ^ np.uint64(letters[place])) * _PRIME
        place += np.uint64(1)
    return np.int64(digest >> np.uint64(20))


@compiled
def _count_texts(starts, letters, known, offsets):
    codes = np.empty(known.size, np.int32)
    room = 16
    for e in range(offsets.size - 1):
        while room < 2 * (np.int64(offsets[e + 1]) - np.int64(offsets[e])):
            room *= 2
    owner, first = np.full(room, -1, np.int64), np.empty(room, np.int64)
    for e in range(offsets.size - 1):
        low, high = np.int64(offsets[e]), np.int64(offsets[e + 1])
        mask = 15
        while mask + 1 < 2 * (high - low):
            mask = 2 * mask + 1
        for i in range(low, high):
            if not known[i]:
                codes[i] = _GAP
                continue
            slot = _digest(letters, starts[i], starts[i + 1]) & mask
            while owner[slot] == e and not _same(starts, letters, first[slot], i):
                slot = (slot + 1) & mask
            if owner[slot] != e:
                owner[slot], first[slot] = e, i
            codes[i] = first[slot] - low
    return codes
