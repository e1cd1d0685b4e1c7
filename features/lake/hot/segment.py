"""A segment: visible rows of one feed for some enterprises, in memory, each column as narrow as its values allow.

Rows of an enterprise stand together, ordered by event date, instant known and record number, so that the newest is
the last. Days count from 1900-01-01. The two days a version was visible between are enough: with C the end of day D
in Shanghai, `known_from < C and (known_to is null or known_to >= C)` is `known_from_day <= D < known_to_day`, because
C is a midnight. A version that ends on the day it began is visible on none and is not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.lake.hot.arranging import arrange, count_within

Integers = npt.NDArray[np.int64]
Column = npt.NDArray[np.integer[Any]]

UNKNOWN = np.iinfo(np.int64).min
"""An unknown value among 64-bit ones; in a narrower column the largest unsigned or the smallest signed number."""
MICROS_OF_DAY = 86_400_000_000
SHIFT = 25_567 * MICROS_OF_DAY + 28_800_000_000
"""Microseconds from 1900-01-01 in Shanghai to 1970-01-01 UTC."""
WIDTHS = tuple(np.dtype(kind) for kind in (np.uint8, np.uint16, np.int16, np.int32, np.int64))


@dataclass(frozen=True)
class Segment:
    """first: local number of the first enterprise. offsets: where each enterprise's rows begin, and the end.

    columns: by name, the days `event_day`, `known_from_day`, `known_to_day` (unknown: still the newest) among them.
    texts: what the codes of a text column stand for; not kept of columns whose values are only counted.
    """

    first: int
    offsets: npt.NDArray[np.uint32]
    columns: Mapping[str, Column]
    texts: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> int:
        return int(self.offsets[-1])


@dataclass(frozen=True)
class Rows:
    """Rows as read, in any order; 64-bit values with `UNKNOWN`. known_at: microseconds.

    texts: the texts of columns whose codes stand for them. counted: columns of codes that are only counted.
    """

    place: Integers
    known_at: Integers
    record_no: Integers
    columns: Mapping[str, Integers]
    texts: Mapping[str, tuple[str, ...]]
    counted: tuple[str, ...] = ()


def make_segment(rows: Rows, first: int, enterprises: int) -> Segment:
    """Arrange the rows of local numbers `first` up to `first + enterprises`."""
    offsets, order = arrange(rows.place - first, rows.columns["event_day"], rows.known_at, rows.record_no, enterprises)
    columns = {}
    for name, values in rows.columns.items():
        arranged = values[order]
        columns[name] = narrow(count_within(arranged, offsets) if name in rows.counted else arranged)
    return Segment(first, offsets.astype(np.uint32), columns, rows.texts)


def narrow(values: Integers) -> Column:
    """The same values in the narrowest width that holds them and its own `UNKNOWN`."""
    unknown = values == UNKNOWN
    some = bool(unknown.any())
    known = values[~unknown] if some else values
    low, high = (int(known.min()), int(known.max())) if known.size else (0, 0)
    width = next(width for width in WIDTHS if _holds(width, low, high))
    if width == np.int64:
        return values
    stored: Column = values.astype(width)
    if some:
        stored[unknown] = unknown_of(width)
    return stored


def unknown_of(width: np.dtype[Any]) -> int:
    """The number that stands for unknown in a width."""
    limits = np.iinfo(width)
    return int(limits.max if limits.min == 0 else limits.min)


def _holds(width: np.dtype[Any], low: int, high: int) -> bool:
    limits = np.iinfo(width)
    return bool(limits.min <= low and high < limits.max if limits.min == 0 else limits.min < low and high <= limits.max)


def micros_day(micros: int) -> int:
    """The Shanghai day of an instant, from 1900-01-01."""
    return (micros + SHIFT) // MICROS_OF_DAY
