"""A segment: visible rows of one feed for some enterprises, in memory, each column as narrow as its values allow.

Rows of an enterprise stand together, ordered by event date, instant known and record number, so that the newest is
the last. Days count from 1900-01-01. The two days a version was visible between are enough: with C the end of day D
in Shanghai, `known_from < C and (known_to is null or known_to >= C)` is `known_from_day <= D < known_to_day`, because
C is a midnight. A version that ends on the day it began is visible on none; a segment holds few of those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.lake.hot.arranging import arrange, count_within, refit
from features.lake.hot.packing import Packed, Plan, find_plan, pack_by, pack_event_days, pack_like, unpack

Integers = npt.NDArray[np.int64]
Column = npt.NDArray[np.integer[Any]]

UNKNOWN = np.iinfo(np.int64).min
"""An unknown value among 64-bit ones; in a narrower column the largest unsigned or the smallest signed number."""
MICROS_OF_DAY = 86_400_000_000
SHIFT = 25_567 * MICROS_OF_DAY + 28_800_000_000
"""Microseconds from 1900-01-01 in Shanghai to 1970-01-01 UTC."""
STRIDE = 16
"""Enterprises whose rows are counted from one whole offset, where offsets are packed."""


@dataclass(frozen=True)
class Segment:
    """first: local number of the first enterprise. offsets: where each enterprise's rows begin, and the end.

    columns: by name, the days `event_day`, `known_from_day`, `known_to_day` (unknown: still the newest) among them.
    texts: what the codes of a text column stand for; not kept of columns whose values are only counted.
    within: if there, `offsets` are of every `STRIDE`-th enterprise only, and these numbers are to be added.
    known_by: the newest day on which a row became known, where that was looked for already.
    """

    first: int
    offsets: npt.NDArray[np.uint32]
    columns: Mapping[str, Column | Packed]
    texts: Mapping[str, tuple[str, ...]]
    within: npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | None = None
    known_by: int | None = None

    @property
    def enterprises(self) -> int:
        return len(self.offsets if self.within is None else self.within) - 1

    @property
    def rows(self) -> int:
        return int(self.offsets[-1]) + (0 if self.within is None else int(self.within[-1]))

    def newest(self) -> int:
        """The newest day on which a row became known."""
        if self.known_by is not None:
            return self.known_by
        days = self.columns["known_from_day"]
        return int((self.values("known_from_day") if isinstance(days, Packed) else days).max(initial=0))

    def values(self, name: str) -> Integers:
        """A column's values, 64 bits wide."""
        column = self.columns[name]
        if not isinstance(column, Packed):
            return widen(column)
        return unpack(column, self.rows, None if column.base is None else self.values(column.base))


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
        columns[name] = count_within(arranged, offsets) if name in rows.counted else arranged
    return Segment(first, offsets.astype(np.uint32), columns, rows.texts)


def packed(segment: Segment, plans: dict[str, Plan] | None = None) -> Segment:
    """The same segment in as few bytes as its values allow.

    plans: of columns of a like segment, tried first; those that did not fit are replaced.
    """
    plans = {} if plans is None else plans
    days = segment.values("event_day")
    columns: dict[str, Column | Packed] = {"event_day": pack_event_days(days)}
    whole = {"event_day": days}
    for name in segment.columns:
        if name != "event_day":
            values = segment.values(name)
            made = pack_like(plans.get(name), values, whole)
            if made is None:
                plans[name] = find_plan(values, whole)
                made = pack_by(plans[name], values, whole)
            columns[name] = made
            if made.base is None and made.width > 0:
                whole[name] = values
    offsets, within = _packed_offsets(segment.offsets)
    return Segment(segment.first, offsets, columns, segment.texts, within, segment.newest())


def _packed_offsets(offsets: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[Any] | None]:
    starts = offsets[::STRIDE].copy()
    within = offsets - np.repeat(starts, STRIDE)[: len(offsets)]
    most = int(within.max())
    return (offsets, None) if most >= 2**16 else (starts, within.astype(np.uint8 if most < 2**8 else np.uint16))


def widen(values: Column) -> Integers:
    """The same values, 64 bits wide, `UNKNOWN` for what is unknown."""
    unknown = unknown_of(values.dtype)
    wide: Integers = refit(values, unknown, np.int64, UNKNOWN) if values.dtype != np.int64 else values.view(np.int64)
    return wide


def unknown_of(width: np.dtype[Any]) -> int:
    """The number that stands for unknown in a width."""
    limits = np.iinfo(width)
    return int(limits.max if limits.min == 0 else limits.min)


def micros_day(micros: int) -> int:
    """The Shanghai day of an instant, from 1900-01-01."""
    return (micros + SHIFT) // MICROS_OF_DAY
