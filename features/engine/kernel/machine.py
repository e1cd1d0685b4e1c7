"""The machine: one compiled function that reads programs and the memory of hot rows. `program.py` writes what it reads.

Everything stands in this one file, codes included, because Numba keeps a compiled function until *its* file changes.
A spine row is (enterprise, day). Rows of a feed that enter for some spine rows are gathered into a block, each step
fills one register for the whole block, each aggregate reduces a register over the rows of one window. All values are
int64 with `NULL` for unknown, booleans 0 and 1; finished values are float64 with NaN for unknown.
"""

from typing import Any

import numpy as np
from numba import carray, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from features.lake.hot.compiling import compiled

NULL = -(2**63)
U8, U16, I16, I32, I64 = range(5)
"""How a column is stored. The largest unsigned and the smallest signed number stand for unknown."""

LOAD, AS_OF, LEGAL, LITERAL, MONTH, LOOK_UP, KNOWN, NOT, AND, OR, ADD, SUB, MUL, LT, LE, GT, GE, EQ = range(18)
"""Steps: (code, register to fill, operand, operand). MONTH counts calendar months, LOOK_UP reads a table by code."""
COUNT, EXISTS, DISTINCT, TOTAL, MEAN, SMALLEST, LARGEST, LATEST, SINCE_LAST, SINCE_FIRST, CHANGES = range(11)
"""Aggregates: (code, window, register of the condition or -1, register of the value or -1)."""
CELL, PLUS, MINUS, RATIO, TREND = range(5)
"""Finishing: CELL (aggregate, feed, constant for missing or -1), others (left, right)."""

BUCKETS, FIRST_SEGMENT, CONNECTED, STEPS, AGGREGATES, WINDOWS = 0, 1, 2, 3, 5, 7
"""Facts of a feed; of the last three where they begin, and after it where they end."""
FEED_FACTS = 9
ENTERPRISES, FIRST_ENTERPRISE, OFFSETS, TABLES, COLUMNS = range(5)
"""Facts of a segment; from COLUMNS on an address and a width for each column, the three days first."""
EVENT, KNOWN_FROM, KNOWN_TO = COLUMNS, COLUMNS + 2, COLUMNS + 4
NEVER = 2**62
"""The day of what is never known."""
_SHIFTED_EPOCH = 693_901
"""Days from 1 March of the year 0, where leap days end a year, to 1900-01-01."""


@intrinsic
def _pointer(_context: Any, address: Any) -> Any:
    def generate(_target: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(address), generate


@njit(nogil=True)
def _at(address, width, row):
    """One stored number, widened."""
    if width == U16:
        short = np.int64(carray(_pointer(address), (row + 1,), np.uint16)[row])
        return NULL if short == 65535 else short
    if width == U8:
        byte = np.int64(carray(_pointer(address), (row + 1,), np.uint8)[row])
        return NULL if byte == 255 else byte
    if width == I32:
        word = np.int64(carray(_pointer(address), (row + 1,), np.int32)[row])
        return NULL if word == -(2**31) else word
    if width == I16:
        half = np.int64(carray(_pointer(address), (row + 1,), np.int16)[row])
        return NULL if half == -(2**15) else half
    return carray(_pointer(address), (row + 1,), np.int64)[row]


@njit(nogil=True)
def _first_after(address, width, low, high, day):
    """The first row of a span of ascending days that lies after a day."""
    while low < high:
        middle = (low + high) >> 1
        if _at(address, width, middle) > day:
            high = middle
        else:
            low = middle + 1
    return low


@njit(nogil=True)
def _first_event_after(events, low, high, day):
    while low < high:
        middle = (low + high) >> 1
        if events[middle] > day:
            high = middle
        else:
            low = middle + 1
    return low


@njit(nogil=True)
def _span(segment, number, after, until):
    """Rows of an enterprise with an event in (after, until]."""
    place = number - segment[FIRST_ENTERPRISE]
    if place < 0 or place >= segment[ENTERPRISES]:
        return 0, 0
    offsets = carray(_pointer(segment[OFFSETS]), (place + 2,), np.uint32)
    low, high = np.int64(offsets[place]), np.int64(offsets[place + 1])
    address, width = segment[EVENT], segment[EVENT + 1]
    low = _first_after(address, width, low, high, after)
    return low, _first_after(address, width, low, high, until)


@njit(nogil=True)
def _pick(segment, low, high, day, rows, events, used):
    """Enter the rows of a span that are the newest known version on a day."""
    for row in range(low, high):
        if _at(segment[KNOWN_FROM], segment[KNOWN_FROM + 1], row) > day:
            continue
        ends = _at(segment[KNOWN_TO], segment[KNOWN_TO + 1], row)
        if ends != NULL and ends <= day:
            continue
        rows[used] = row
        events[used] = _at(segment[EVENT], segment[EVENT + 1], row)
        used += 1
    return used


@njit(nogil=True)
def _load(address, width, rows, low, high, register):
    """Widen one column's values of some rows into a register."""
    if width == U8:
        bytes_ = carray(_pointer(address), (2**62,), np.uint8)
        for i in range(low, high):
            value = np.int64(bytes_[rows[i]])
            register[i] = NULL if value == 255 else value
    elif width == I32:
        words = carray(_pointer(address), (2**62,), np.int32)
        for i in range(low, high):
            value = np.int64(words[rows[i]])
            register[i] = NULL if value == -(2**31) else value
    else:
        for i in range(low, high):
            register[i] = _at(address, width, rows[i])


@njit(nogil=True)
def _look_up(address, table, codes, low, high, register):
    """Read a segment's table by code; an unknown code stays unknown."""
    tables = carray(_pointer(address), (2**62,), np.int64)
    start = tables[table]
    for i in range(low, high):
        register[i] = NULL if codes[i] == NULL else tables[start + codes[i]]


@njit(nogil=True)
def _month(day):
    """Calendar months since the year 0 of a day counted from 1900-01-01."""
    days = day + _SHIFTED_EPOCH
    era = days // 146_097
    of_era = days - era * 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    return (era * 400 + year) * 12 + (5 * of_year + 2) // 153


@njit(nogil=True)
def _connect(code, x, y, out, used):
    """AND and OR of three values."""
    deciding = 0 if code == AND else 1
    for i in range(used):
        if x[i] == deciding or y[i] == deciding:
            out[i] = deciding
        elif x[i] == NULL or y[i] == NULL:
            out[i] = NULL
        else:
            out[i] = 1 - deciding


@njit(nogil=True)
def _calculate(code, x, y, out, used):
    for i in range(used):
        if x[i] == NULL or y[i] == NULL:
            out[i] = NULL
        elif code == ADD:
            out[i] = x[i] + y[i]
        elif code == SUB:
            out[i] = x[i] - y[i]
        else:
            out[i] = x[i] * y[i]


@njit(nogil=True)
def _compare(code, x, y, out, used):
    if code in (GT, GE):
        x, y = y, x
    strict = code in (LT, GT)
    for i in range(used):
        if x[i] == NULL or y[i] == NULL:
            out[i] = NULL
        elif code == EQ:
            out[i] = x[i] == y[i]
        elif strict:
            out[i] = x[i] < y[i]
        else:
            out[i] = x[i] <= y[i]


@njit(nogil=True)
def _step(step, registers, events, used):
    """A step that is the same for all rows of a block."""
    code, out = step[0], registers[step[1]]
    if code == MONTH:
        for i in range(used):
            out[i] = _month(events[i])
    elif code == KNOWN:
        for i in range(used):
            out[i] = registers[step[2], i] != NULL
    elif code == NOT:
        for i in range(used):
            out[i] = NULL if registers[step[2], i] == NULL else 1 - registers[step[2], i]
    elif code in (AND, OR):
        _connect(code, registers[step[2]], registers[step[3]], out, used)
    elif code <= MUL:
        _calculate(code, registers[step[2]], registers[step[3]], out, used)
    else:
        _compare(code, registers[step[2]], registers[step[3]], out, used)


@njit(nogil=True)
def _different(known):
    """How many different values, by comparing few and sorting many."""
    if known.size > 24:
        known.sort()
        return 1 + np.count_nonzero(known[1:] != known[:-1])
    found = 0
    for i in range(known.size):
        fresh = 1
        for k in range(i):
            if known[k] == known[i]:
                fresh = 0
                break
        found += fresh
    return found


@njit(nogil=True)
def _count(where, low, high, registers):
    """How many rows enter."""
    if where < 0:
        return high - low
    entered = 0
    for i in range(low, high):
        entered += registers[where, i] == 1
    return entered


@njit(nogil=True)
def _edge(newest, where, low, high, registers):
    """The newest or the oldest row that enters; -1 where none does."""
    for step in range(high - low):
        i = high - 1 - step if newest else low + step
        if where < 0 or registers[where, i] == 1:
            return i
    return -1


@njit(nogil=True)
def _reduce_values(code, where, value, low, high, registers, known):
    """Aggregates of the known values of the rows that enter."""
    entered, total, least, most, last = 0, 0, NULL, NULL, NULL
    for i in range(low, high):
        one = registers[value, i]
        if one == NULL or (where >= 0 and registers[where, i] != 1):
            continue
        if code == DISTINCT:
            known[entered] = one
        elif code == CHANGES:
            total += one != last
            last = one
        else:
            total += one
        least = one if entered == 0 or one < least else least
        most = one if entered == 0 or one > most else most
        entered += 1
    if entered == 0:
        return np.nan
    if code == DISTINCT:
        return np.float64(_different(known[:entered]))
    if code == MEAN:
        return np.float64(total) / np.float64(entered)
    return np.float64(least if code == SMALLEST else most if code == LARGEST else total)


@njit(nogil=True)
def _reduce(aggregate, low, high, day, registers, events, known):
    """One aggregate over the rows of one window; NaN where none enters."""
    code, where, value = aggregate[0], aggregate[2], aggregate[3]
    if low >= high:
        return np.nan
    if code in (COUNT, EXISTS):
        entered = _count(where, low, high, registers)
        return np.nan if entered == 0 else np.float64(entered if code == COUNT else 1)
    if code in (LATEST, SINCE_LAST, SINCE_FIRST):
        i = _edge(code != SINCE_FIRST, where, low, high, registers)
        if i < 0:
            return np.nan
        if code != LATEST:
            return np.float64(day - events[i])
        return np.nan if registers[value, i] == NULL else np.float64(registers[value, i])
    return _reduce_values(code, where, value, low, high, registers, known)


@njit(nogil=True)
def _finish(finish, constants, feeds, cells, values, known, as_of):
    """The arithmetic between aggregates, for one spine row."""
    for i in range(finish.shape[0]):
        code, left, right = finish[i, 0], finish[i, 1], finish[i, 2]
        if code == CELL:
            value, missing = cells[left], finish[i, 3]
            if feeds[right, CONNECTED] == NEVER:
                value = np.nan
            elif np.isnan(value) and missing >= 0 and known <= as_of and feeds[right, CONNECTED] <= as_of:
                value = constants[missing]
        elif code == PLUS:
            value = values[left] + values[right]
        elif code == MINUS:
            value = values[left] - values[right]
        elif not values[right] > 0:
            value = np.nan
        elif code == RATIO:
            value = values[left] / values[right]
        else:
            value = (values[left] - values[right]) / values[right]
        values[i] = value


def _compute(program, segments, spine, chunk, room, out):
    """Fill `out` (features, spine rows). Which arrays the tuples hold: `program.Program` and `running.Spine`.

    chunk: spine rows whose cells are held at once. room: rows of a block, more where one enterprise has more.
    """
    feeds, steps, aggregates, finish, constants, literals, outputs, registers_needed = program
    enterprises, known_on, day_of, order, days, bounds = spine
    cells, values = np.empty((chunk, aggregates.shape[0])), np.empty(finish.shape[0])
    starts, of_segment = np.empty(chunk + 1, np.int64), np.empty(chunk, np.int64)
    rows, events, known = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    registers = np.empty((registers_needed, room), np.int64)
    for begin in range(0, order.size, chunk):
        size = min(chunk, order.size - begin)
        for f in range(feeds.shape[0]):
            feed = feeds[f]
            first_window, last_window = feed[WINDOWS], feed[WINDOWS + 1]
            at = 0
            while at < size:
                block, used = at, 0
                while at < size:  # gather spine rows until their rows fill a block
                    place = order[begin + at]
                    number, day = enterprises[place], days[day_of[place], 0]
                    starts[at] = used
                    at += 1
                    if number < 0:
                        of_segment[at - 1] = feed[FIRST_SEGMENT]
                        continue
                    of_segment[at - 1] = feed[FIRST_SEGMENT] + number % feed[BUCKETS]
                    after, until = -NULL - 1, NULL
                    for w in range(first_window, last_window):
                        after = min(after, bounds[day_of[place], w, 0])
                        until = max(until, bounds[day_of[place], w, 1])
                    segment = segments[of_segment[at - 1]]
                    low, high = _span(segment, number // feed[BUCKETS], after, min(until, day))
                    if used + high - low > room:
                        if at - 1 > block:
                            at -= 1
                            break
                        room = 2 * (high - low)
                        rows, events = np.empty(room, np.int64), np.empty(room, np.int64)
                        known, registers = np.empty(room, np.int64), np.empty((registers_needed, room), np.int64)
                    used = _pick(segment, low, high, day, rows, events, used)
                starts[at] = used
                if used == 0:
                    for a in range(feed[AGGREGATES], feed[AGGREGATES + 1]):
                        for j in range(block, at):
                            cells[j, a] = np.nan
                    continue
                for s in range(feed[STEPS], feed[STEPS + 1]):
                    step = steps[s]
                    code, register = step[0], registers[step[1]]
                    if code == LITERAL:
                        register[:used] = literals[step[2]]
                    elif code <= LEGAL or code == LOOK_UP:
                        for j in range(block, at):
                            low, high = starts[j], starts[j + 1]
                            if low == high:
                                continue
                            segment = segments[of_segment[j]]
                            if code == LOAD:
                                column = COLUMNS + 2 * step[2]
                                _load(segment[column], segment[column + 1], rows, low, high, register)
                            elif code == LOOK_UP:
                                _look_up(segment[TABLES], step[3], registers[step[2]], low, high, register)
                            else:
                                register[low:high] = days[day_of[order[begin + j]], step[2]]
                    else:
                        _step(step, registers, events, used)
                for j in range(block, at):
                    day_no = day_of[order[begin + j]]
                    window, low, high = -1, 0, 0
                    for a in range(feed[AGGREGATES], feed[AGGREGATES + 1]):
                        aggregate = aggregates[a]
                        if aggregate[1] != window:
                            window = aggregate[1]
                            low = _first_event_after(events, starts[j], starts[j + 1], bounds[day_no, window, 0])
                            high = _first_event_after(events, low, starts[j + 1], bounds[day_no, window, 1])
                        cells[j, a] = _reduce(aggregate, low, high, days[day_no, 0], registers, events, known)
        for j in range(size):
            place = order[begin + j]
            _finish(finish, constants, feeds, cells[j], values, known_on[place], days[day_of[place], 0])
            for o in range(outputs.size):
                out[o, place] = values[outputs[o]]


compute = compiled(_compute)
