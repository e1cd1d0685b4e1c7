"""Columns as small as their values allow: an offset, a step, another column to count from, and a list of exceptions.

A value is `offset + step * code`, or the code's entry in a table, plus the value of the base column where there is one.
What that cannot say stands in the exceptions as it is, so a few large amounts do not widen a column.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from features.lake.hot.coding import FAR, differences, encode, exceptions, look_up, seen, unlike

Integers = npt.NDArray[np.int64]

UNKNOWN = int(np.iinfo(np.int64).min)
EXCEPTION_BYTES = 12
CODES = {0: 0, 1: 2**8 - 2, 2: 2**16 - 2, 3: 2**24 - 2, 4: 2**32 - 2}
"""By bytes of a code, how many values it can tell; the two largest codes say `exception` and `unknown`."""
TYPES = {0: np.uint8, 1: np.uint8, 2: np.uint16, 3: np.uint8, 4: np.uint32, 8: np.int64}
"""Of what codes of so many bytes are arrays."""
_SAMPLE = 4_096
_OFTEN = 0.7
"""The share of rows in which a column must equal another for the difference to be tried."""
_RANGE = 2**16
"""The widest span of values a table of codes is looked for in."""
_DEARER = 0.25
"""Bytes a row by which a plan may miss what was expected of it before another is looked for."""
_NOTHING = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Packed:
    """codes: `width` bytes for each row, none where width is 0; of width 8 the values themselves.

    table: what codes stand for, empty where offset and step tell. rows, values: the exceptions, by row.
    """

    width: int
    codes: npt.NDArray[np.integer[Any]]
    offset: int = 0
    step: int = 1
    base: str | None = None
    table: Integers = field(default_factory=lambda: np.empty(0, np.int64))
    rows: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    values: Integers = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True)
class Plan:
    """How a column may be packed, and what a row of it then costs. seen: how many rows showed it."""

    cost: float
    width: int
    offset: int
    step: int = 1
    table: tuple[int, ...] = ()
    base: str | None = None
    seen: int = 0


def address(values: npt.NDArray[Any]) -> int:
    """Where an array lies in memory; 0 of an empty one."""
    return int(values.ctypes.data) if values.size else 0


def pack_event_days(days: Integers) -> Packed:
    """Days in their order within an enterprise: found by halving, so without exceptions."""
    listed = _listed(days)
    if listed is not None and 0 < len(listed) < CODES[1]:
        return Packed(1, look_up(days, _NOTHING, listed)[0], table=listed)
    return Packed(8, days) if _beyond(days) else _encoded(days, Plan(0, _event_width(days), int(days.min(initial=0))))


def pack(values: Integers, whole: Mapping[str, Integers]) -> Packed:
    """A column packed in the cheapest way a sample of it shows. whole: columns it may be counted from."""
    return pack_by(find_plan(values, whole), values, whole)


def pack_like(plan: Plan | None, values: Integers, whole: Mapping[str, Integers]) -> Packed | None:
    """A column packed as a like one was; None where that cannot be or costs clearly more than it did there."""
    if plan is None or plan.seen < min(values.size, _SAMPLE) // 2 or (plan.base is not None and plan.base not in whole):
        return None
    made = pack_by(plan, values, whole)
    cost = made.width + EXCEPTION_BYTES * made.rows.size / max(values.size, 1)
    return made if cost <= plan.cost + _DEARER else None


def find_plan(values: Integers, whole: Mapping[str, Integers]) -> Plan:
    """The cheapest plan a sample of a column shows."""
    if not values.size:
        return Plan(0, 0, UNKNOWN)
    taken = slice(None, None, max(1, values.size // _SAMPLE))
    best = _best(values[taken])
    for name, other in _bases(values, whole, taken):
        found = _best(_differences(values[taken], other[taken]))
        if found.cost < best.cost - 0.1:
            best = replace(found, base=name)
    return replace(best, seen=min(values.size, _SAMPLE))


def pack_by(plan: Plan, values: Integers, whole: Mapping[str, Integers]) -> Packed:
    """A column packed by a plan, whatever it costs."""
    if plan.width == 8:
        return Packed(8, values)
    return _encoded(values, plan, _NOTHING if plan.base is None else whole[plan.base])


def unpack(column: Packed, rows: int, base: Integers | None = None) -> Integers:
    """The values again."""
    codes, most = _wide(column, rows), CODES[column.width] if column.width < 8 else 0
    if column.width == 8:
        return codes
    if column.width == 0:
        values = np.full(rows, column.offset)
    elif column.table.size:
        values = column.table[np.minimum(codes, column.table.size - 1)]
    else:
        values = column.offset + column.step * codes
    unknown = values == UNKNOWN if column.width == 0 else codes == most + 1
    values = np.where(unknown, UNKNOWN, values if base is None else values + base)
    values[column.rows] = column.values
    return values


def _wide(column: Packed, rows: int) -> Integers:
    if column.width != 3:
        return column.codes.astype(np.int64)
    parts = column.codes.reshape(rows, 3).astype(np.int64)
    return parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16


def _bases(values: Integers, whole: Mapping[str, Integers], taken: slice) -> Iterator[tuple[str, Integers]]:
    """Columns worth counting from: the day of the event, and those that are often equal."""
    for name, other in whole.items():
        if name == "event_day" or np.mean(values[taken] == other[taken]) > _OFTEN:
            yield name, other


def _differences(values: Integers, other: Integers) -> Integers:
    told: Integers = differences(np.ascontiguousarray(values), np.ascontiguousarray(other))
    return told


def _best(sample: Integers) -> Plan:
    """The cheapest plan for a sample, a small multiple of which the column is."""
    known = np.sort(sample[(sample > UNKNOWN + 1) & (sample < FAR)])  # the numbers at both ends are exceptions
    share = len(known) / len(sample)
    ends = EXCEPTION_BYTES * (float(np.mean(sample != UNKNOWN)) - share)
    plans = [Plan(EXCEPTION_BYTES * share, 0, UNKNOWN)]
    if len(known):
        step = max(int(np.gcd.reduce(known - known[0])), 1)
        plans += [_window(known, share, width, step) for width in range(5)]
        distinct, counts = np.unique(known, return_counts=True)
        if int(distinct[-1]) - int(distinct[0]) < _RANGE:
            often = np.sort(distinct[np.argsort(-counts, kind="stable")[: CODES[1]]])
            # As many again as were seen once are likely not to have been seen at all (Good and Turing).
            left = 1 - counts[np.isin(distinct, often)].sum() / len(known) + np.count_nonzero(counts == 1) / len(known)
            plans.append(Plan(1.05 + EXCEPTION_BYTES * share * left, 1, 0, 1, tuple(often.tolist())))
    return min((Plan(8, 8, 0), *(replace(plan, cost=plan.cost + ends) for plan in plans)), key=lambda plan: plan.cost)


def _window(known: Integers, share: float, width: int, step: int) -> Plan:
    """The window of so many codes in which most of the sorted values lie; it begins at a value of its own."""
    reach = min((max(CODES[width], 1) - 1) * step, 2**62)
    until = known + np.minimum(reach, np.iinfo(np.int64).max - np.maximum(known, 0))
    within = np.searchsorted(known, until, side="right") - np.arange(len(known))
    best = int(np.argmax(within))
    low, high = int(known[best]), int(known[best + within[best] - 1])
    left = share * (1 - within[best] / len(known)) + (1 - share if width == 0 else 0)
    below = (reach - (high - low)) // 2 // step  # values that are not in the sample lie on both sides
    offset = low - step * (min(below, low // step) if low >= 0 else below)
    return Plan(width + EXCEPTION_BYTES * left, width, max(offset, UNKNOWN + 2), step)


def _encoded(values: Integers, plan: Plan, others: Integers = _NOTHING) -> Packed:
    if plan.width == 0:
        rows = unlike(values, others, plan.offset)
        return Packed(0, np.empty(0, np.uint8), plan.offset, 1, plan.base, rows=rows, values=values[rows])
    if plan.table:
        listed = np.array(plan.table, np.int64)
        codes, count = look_up(values, others, listed)
    else:
        listed = _NOTHING
        codes = np.empty(values.size * 3 if plan.width == 3 else values.size, TYPES[plan.width])
        count = encode(values, others, codes, plan.width, plan.offset, plan.step, CODES[plan.width])
    rows = exceptions(codes, plan.width, count)
    return Packed(plan.width, codes, plan.offset, plan.step, plan.base, listed, rows, values[rows])


def _listed(values: Integers) -> Integers | None:
    """The different values, where they lie close together."""
    if not values.size or values.max() - values.min() >= _RANGE:
        return None
    listed: Integers = np.flatnonzero(seen(values, int(values.min()), _RANGE)) + values.min()
    return listed


def _beyond(days: Integers) -> bool:
    return bool(days.size) and int(days.max() - days.min()) >= CODES[4]


def _event_width(days: Integers) -> int:
    return 2 if not days.size or days.max() - days.min() < CODES[2] else 4
