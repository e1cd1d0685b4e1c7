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
U8, U16, I16, I32, I64, CONSTANT, CODE1, CODE2, CODE3, CODE4, TABLE1 = range(11)
"""How a column is stored: as numbers, of which the largest unsigned and the smallest signed one stand for unknown; as
one number for all rows; as codes of so many bytes, of which the largest says unknown and the one before exception."""

LOAD, AS_OF, LEGAL, LITERAL, MONTH, LOOK_UP, KNOWN, NOT, AND, OR, ADD, SUB, MUL, LT, LE, GT, GE, EQ = range(18)
"""Steps: (code, register to fill, operand, operand). MONTH counts calendar months, LOOK_UP reads a table by code."""
COUNT, EXISTS, DISTINCT, TOTAL, MEAN, SMALLEST, LARGEST, LATEST, SINCE_LAST, SINCE_FIRST, CHANGES = range(11)
"""Aggregates: (code, window, register of the condition or -1, register of the value or -1)."""
CELL, PLUS, MINUS, RATIO, TREND = range(5)
"""Finishing: CELL (aggregate, feed, constant for missing or -1), others (left, right)."""

BUCKETS, FIRST_SEGMENT, CONNECTED, STEPS, AGGREGATES, WINDOWS = 0, 1, 2, 3, 5, 7
"""Facts of a feed; of the last three where they begin, and after it where they end."""
FEED_FACTS = 9
ENTERPRISES, FIRST_ENTERPRISE, OFFSETS, WITHIN, WITHIN_WIDTH, TABLES, COLUMNS = range(7)
"""Facts of a segment; from COLUMNS on those of each column, the three days first. WITHIN_WIDTH 0: offsets are whole."""
ADDRESS, KIND, BASE, OFFSET, STEP, TABLE, EXCEPTIONS, ROWS, VALUES = range(9)
"""Facts of a column: BASE the place of the one it is counted from or -1, EXCEPTIONS how many, by ROWS."""
COLUMN_FACTS = 9
EVENT_DAY, KNOWN_FROM, KNOWN_TO = range(3)
STRIDE = 16
"""Enterprises whose rows are counted from one whole offset."""
_EVENT = COLUMNS + COLUMN_FACTS * EVENT_DAY
_ESCAPED = NULL + 1
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
def _event(segment, row):
    """The day of one event; days have no exceptions."""
    kind, address = segment[_EVENT + KIND], segment[_EVENT + ADDRESS]
    if kind == TABLE1:
        code = carray(_pointer(address), (row + 1,), np.uint8)[row]
        return carray(_pointer(segment[_EVENT + TABLE]), (256,), np.int64)[code]
    if kind == CODE2:
        return segment[_EVENT + OFFSET] + np.int64(carray(_pointer(address), (row + 1,), np.uint16)[row])
    if kind == CODE4:
        return segment[_EVENT + OFFSET] + np.int64(carray(_pointer(address), (row + 1,), np.uint32)[row])
    return _at(address, kind, row)


@njit(nogil=True)
def _first_after(segment, low, high, day):
    """The first row of a span of ascending days that lies after a day."""
    while low < high:
        middle = (low + high) >> 1
        if _event(segment, middle) > day:
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
def _offset(segment, place):
    """The row at which an enterprise begins, by its place in the segment."""
    width = segment[WITHIN_WIDTH]
    if width == 0:
        return np.int64(carray(_pointer(segment[OFFSETS]), (place + 1,), np.uint32)[place])
    start = np.int64(carray(_pointer(segment[OFFSETS]), (place // STRIDE + 1,), np.uint32)[place // STRIDE])
    if width == 1:
        return start + np.int64(carray(_pointer(segment[WITHIN]), (place + 1,), np.uint8)[place])
    return start + np.int64(carray(_pointer(segment[WITHIN]), (place + 1,), np.uint16)[place])


@njit(nogil=True)
def _span(segment, number, after, until):
    """Rows of an enterprise with an event in (after, until]; most often the first look at an end suffices."""
    place = number - segment[FIRST_ENTERPRISE]
    if place < 0 or place >= segment[ENTERPRISES]:
        return 0, 0
    low, high = _offset(segment, place), _offset(segment, place + 1)
    if low == high:
        return 0, 0
    if _event(segment, low) <= after:
        low = _first_after(segment, low + 1, high, after)
    if low < high and _event(segment, high - 1) > until:
        high = _first_after(segment, low, high - 1, until)
    return low, high


@njit(nogil=True)
def _pick(segment, low, high, day, rows, events, spare, used):
    """Enter the rows of a span that are the newest known version on a day."""
    stop = used + high - low
    for i in range(used, stop):
        rows[i] = low + i - used
    _load(segment, EVENT_DAY, rows, used, stop, events, events, spare[0])
    _load(segment, KNOWN_FROM, rows, used, stop, spare[1], events, spare[0])
    _load(segment, KNOWN_TO, rows, used, stop, spare[2], events, spare[0])
    since, ends = spare[1], spare[2]
    for i in range(used, stop):
        rows[used], events[used] = rows[i], events[i]
        used += since[i] <= day and (ends[i] == NULL or ends[i] > day)
    return used


@njit(nogil=True)
def _widen(stored, unknown, rows, low, high, register):
    for i in range(low, high):
        value = np.int64(stored[rows[i]])
        register[i] = NULL if value == unknown else value
    return 0


@njit(nogil=True)
def _decode(stored, exception, offset, step, rows, low, high, register):
    """Codes as values; returns how many are exceptions."""
    escaped = 0
    for i in range(low, high):
        code = np.int64(stored[rows[i]])
        value = offset + step * code
        if code >= exception:
            value = NULL if code > exception else _ESCAPED
            escaped += code == exception
        register[i] = value
    return escaped


@njit(nogil=True)
def _decode_threes(stored, offset, step, rows, low, high, register):
    escaped = 0
    for i in range(low, high):
        at = 3 * rows[i]
        code = np.int64(stored[at]) | np.int64(stored[at + 1]) << 8 | np.int64(stored[at + 2]) << 16
        value = offset + step * code
        if code >= 2**24 - 2:
            value = NULL if code == 2**24 - 1 else _ESCAPED
            escaped += code == 2**24 - 2
        register[i] = value
    return escaped


@njit(nogil=True)
def _decode_table(stored, table, rows, low, high, register):
    escaped = 0
    for i in range(low, high):
        code = stored[rows[i]]
        if code >= 254:
            register[i] = NULL if code == 255 else _ESCAPED
            escaped += code == 254
        else:
            register[i] = table[code]
    return escaped


@njit(nogil=True)
def _decode_column(segment, column, rows, low, high, register):
    """What a column's own bytes say of some rows; returns how many exceptions there are, -1 where they do not say."""
    kind, pointer = segment[column + KIND], _pointer(segment[column + ADDRESS])
    offset, step = segment[column + OFFSET], segment[column + STEP]
    if kind == CONSTANT:
        register[low:high] = offset
        return -1 if segment[column + EXCEPTIONS] > 0 else 0
    if kind == TABLE1:
        table = carray(_pointer(segment[column + TABLE]), (256,), np.int64)
        return _decode_table(carray(pointer, (2**62,), np.uint8), table, rows, low, high, register)
    if kind == CODE1:
        return _decode(carray(pointer, (2**62,), np.uint8), 254, offset, step, rows, low, high, register)
    if kind == CODE2:
        return _decode(carray(pointer, (2**62,), np.uint16), 2**16 - 2, offset, step, rows, low, high, register)
    if kind == CODE3:
        return _decode_threes(carray(pointer, (2**62,), np.uint8), offset, step, rows, low, high, register)
    if kind == CODE4:
        return _decode(carray(pointer, (2**62,), np.uint32), 2**32 - 2, offset, step, rows, low, high, register)
    if kind == U8:
        return _widen(carray(pointer, (2**62,), np.uint8), 255, rows, low, high, register)
    if kind == U16:
        return _widen(carray(pointer, (2**62,), np.uint16), 65535, rows, low, high, register)
    if kind == I16:
        return _widen(carray(pointer, (2**62,), np.int16), -(2**15), rows, low, high, register)
    if kind == I32:
        return _widen(carray(pointer, (2**62,), np.int32), -(2**31), rows, low, high, register)
    return _widen(carray(pointer, (2**62,), np.int64), NULL, rows, low, high, register)


@njit(nogil=True)
def _at_or_after(listed, low, row):
    """The place of the first of some ascending rows that is not before a row."""
    high = listed.size
    while low < high:
        middle = (low + high) >> 1
        if listed[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def _except(segment, column, escaped, rows, low, high, register):
    """Put the exceptions among some rows into their places."""
    count = segment[column + EXCEPTIONS]
    listed = carray(_pointer(segment[column + ROWS]), (count,), np.uint32)
    values = carray(_pointer(segment[column + VALUES]), (count,), np.int64)
    if escaped > 0:
        for i in range(low, high):
            if register[i] == _ESCAPED:
                register[i] = values[_at_or_after(listed, 0, rows[i])]
        return
    at, last = 0, -1
    for i in range(low, high):
        row = rows[i]
        if last < 0 or row < last:
            at = _at_or_after(listed, 0, row)
        elif at < count and listed[at] < row:
            at = _at_or_after(listed, at + 1, row) if row > last + 16 else at + 1
            while at < count and listed[at] < row:
                at += 1
        if at < count and listed[at] == row:
            register[i] = values[at]
        last = row


@njit(nogil=True)
def _load(segment, place, rows, low, high, register, events, spare):
    """One column's values of some rows. events: their days, from which many columns are counted."""
    column = COLUMNS + COLUMN_FACTS * place
    escaped = _decode_column(segment, column, rows, low, high, register)
    base = segment[column + BASE]
    if base >= 0:
        under = events
        if base != EVENT_DAY:
            under, below = spare, COLUMNS + COLUMN_FACTS * base
            deeper = _decode_column(segment, below, rows, low, high, under)
            if deeper != 0:
                _except(segment, below, deeper, rows, low, high, under)
        for i in range(low, high):
            register[i] += under[i] if register[i] > _ESCAPED else 0
    if escaped != 0:
        _except(segment, column, escaped, rows, low, high, register)


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
def _sum(code, values, entering, every, low, high):
    """The total or the mean of the known values of the rows that enter."""
    entered, total = 0, 0
    for i in range(low, high):
        enters = values[i] != NULL and (every or entering[i] == 1)
        entered += enters
        total += values[i] if enters else 0
    if entered == 0:
        return np.nan
    return np.float64(total) / np.float64(entered) if code == MEAN else np.float64(total)


@njit(nogil=True)
def _extreme(code, values, entering, every, low, high):
    """The smallest or the largest known value of the rows that enter."""
    extreme = NULL
    for i in range(low, high):
        one = values[i]
        if one == NULL or not (every or entering[i] == 1):
            continue
        if extreme == NULL or (one < extreme if code == SMALLEST else one > extreme):
            extreme = one
    return np.nan if extreme == NULL else np.float64(extreme)


@njit(nogil=True)
def _kinds(code, values, entering, every, low, high, known):
    """How many different values the rows that enter have, or how often the value changes from row to row."""
    entered, changes, last = 0, 0, NULL
    for i in range(low, high):
        one = values[i]
        if one != NULL and (every or entering[i] == 1):
            known[entered] = one
            entered += 1
            changes += one != last
            last = one
    if entered == 0:
        return np.nan
    return np.float64(changes if code == CHANGES else _different(known[:entered]))


@njit(nogil=True)
def _reduce(aggregate, low, high, day, registers, events, known):
    """One aggregate over the rows of one window, at least one; NaN where none enters."""
    code, where, value = aggregate[0], aggregate[2], aggregate[3]
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
    every = where < 0
    values, entering = registers[value], registers[0 if every else where]
    if code in (TOTAL, MEAN):
        return _sum(code, values, entering, every, low, high)
    if code in (SMALLEST, LARGEST):
        return _extreme(code, values, entering, every, low, high)
    return _kinds(code, values, entering, every, low, high, known)


@njit(nogil=True)
def _finish(finish, constants, feeds, cells, values, known, as_of, size):
    """The arithmetic between aggregates, step by step for all spine rows of a chunk."""
    for i in range(finish.shape[0]):
        code, value = finish[i, 0], values[i]
        if code == CELL:
            _fill(finish[i], constants, feeds[finish[i, 2], CONNECTED], cells[finish[i, 1]], value, known, as_of, size)
            continue
        left, right = values[finish[i, 1]], values[finish[i, 2]]
        if code == PLUS:
            for j in range(size):
                value[j] = left[j] + right[j]
        elif code == MINUS:
            for j in range(size):
                value[j] = left[j] - right[j]
        elif code == RATIO:
            for j in range(size):
                value[j] = left[j] / right[j] if right[j] > 0 else np.nan
        else:
            for j in range(size):
                value[j] = (left[j] - right[j]) / right[j] if right[j] > 0 else np.nan


@njit(nogil=True)
def _fill(step, constants, connected, cell, value, known, as_of, size):
    """An aggregate, and what stands for it where no record entered but both sides were known."""
    missing = step[3]
    if connected == NEVER:
        for j in range(size):
            value[j] = np.nan
    elif missing < 0:
        for j in range(size):
            value[j] = cell[j]
    else:
        instead = constants[missing]
        for j in range(size):
            nothing = np.isnan(cell[j]) and known[j] <= as_of[j] and connected <= as_of[j]
            value[j] = instead if nothing else cell[j]


@njit(nogil=True)
def _reach(feeds, bounds):
    """Between which events any window of a feed lies on a day: (feed, day, 2)."""
    reach = np.empty((feeds.shape[0], bounds.shape[0], 2), np.int64)
    for f in range(feeds.shape[0]):
        for day in range(bounds.shape[0]):
            after, until = -NULL - 1, NULL
            for w in range(feeds[f, WINDOWS], feeds[f, WINDOWS + 1]):
                after = min(after, bounds[day, w, 0])
                until = max(until, bounds[day, w, 1])
            reach[f, day, 0], reach[f, day, 1] = after, until
    return reach


def _compute(program, segments, spine, chunk, room, out):
    """Fill `out` (features, spine rows). Which arrays the tuples hold: `program.Program` and `running.Spine`.

    chunk: spine rows whose cells are held at once. room: rows of a block, more where one enterprise has more.
    """
    feeds, steps, aggregates, finish, constants, literals, outputs, registers_needed = program
    enterprises, known_on, day_of, order, days, bounds = spine
    reach = _reach(feeds, bounds)
    cells, values = np.empty((aggregates.shape[0], chunk)), np.empty((finish.shape[0], chunk))
    numbers, day_nos = np.empty(chunk, np.int64), np.empty(chunk, np.int64)
    known_days, as_of = np.empty(chunk, np.int64), np.empty(chunk, np.int64)
    starts, of_segment = np.empty(chunk + 1, np.int64), np.empty(chunk, np.int64)
    rows, events, known = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    registers, spare = np.empty((registers_needed, room), np.int64), np.empty((3, room), np.int64)
    for begin in range(0, order.size, chunk):
        size = min(chunk, order.size - begin)
        one_day = True
        for j in range(size):
            place = order[begin + j]
            numbers[j], day_nos[j], known_days[j] = enterprises[place], day_of[place], known_on[place]
            as_of[j] = days[day_nos[j], 0]
            one_day = one_day and day_nos[j] == day_nos[0]
        cells[:, :size] = np.nan
        for f in range(feeds.shape[0]):
            feed = feeds[f]
            buckets, first_segment = feed[BUCKETS], feed[FIRST_SEGMENT]
            at = 0
            while at < size:
                block, used, one_segment, last_segment = at, 0, True, -1
                while at < size:  # gather spine rows until their rows fill a block
                    number, day_no = numbers[at], day_nos[at]
                    starts[at] = used
                    at += 1
                    if number < 0:
                        continue
                    which = first_segment + number % buckets
                    segment = segments[which]
                    until = min(reach[f, day_no, 1], as_of[at - 1])
                    low, high = _span(segment, number // buckets, reach[f, day_no, 0], until)
                    if low >= high:
                        continue
                    if used + high - low > room:
                        if at - 1 > block:
                            at -= 1
                            break
                        room = 2 * (high - low)
                        rows, events = np.empty(room, np.int64), np.empty(room, np.int64)
                        known, registers = np.empty(room, np.int64), np.empty((registers_needed, room), np.int64)
                        spare = np.empty((3, room), np.int64)
                    of_segment[at - 1] = which
                    one_segment = one_segment and (last_segment < 0 or last_segment == which)
                    last_segment = which
                    used = _pick(segment, low, high, as_of[at - 1], rows, events, spare, used)
                starts[at] = used
                if used == 0:
                    continue
                for s in range(feed[STEPS], feed[STEPS + 1]):
                    step = steps[s]
                    code, register = step[0], registers[step[1]]
                    if code == LITERAL:
                        register[:used] = literals[step[2]]
                    elif one_day and code in (AS_OF, LEGAL):
                        register[:used] = days[day_nos[block], step[2]]
                    elif one_segment and code == LOAD:
                        _load(segments[last_segment], step[2], rows, 0, used, register, events, spare[0])
                    elif one_segment and code == LOOK_UP:
                        _look_up(segments[last_segment][TABLES], step[3], registers[step[2]], 0, used, register)
                    elif code <= LEGAL or code == LOOK_UP:
                        for j in range(block, at):
                            low, high = starts[j], starts[j + 1]
                            if low == high:
                                continue
                            segment = segments[of_segment[j]]
                            if code == LOAD:
                                _load(segment, step[2], rows, low, high, register, events, spare[0])
                            elif code == LOOK_UP:
                                _look_up(segment[TABLES], step[3], registers[step[2]], low, high, register)
                            else:
                                register[low:high] = days[day_nos[j], step[2]]
                    else:
                        _step(step, registers, events, used)
                for j in range(block, at):
                    start, stop = starts[j], starts[j + 1]
                    if start == stop:
                        continue
                    window, low, high = -1, 0, 0
                    for a in range(feed[AGGREGATES], feed[AGGREGATES + 1]):
                        aggregate = aggregates[a]
                        if aggregate[1] != window:
                            window = aggregate[1]
                            low = _first_event_after(events, start, stop, bounds[day_nos[j], window, 0])
                            high = _first_event_after(events, low, stop, bounds[day_nos[j], window, 1])
                        if low < high:
                            cells[a, j] = _reduce(aggregate, low, high, as_of[j], registers, events, known)
        _finish(finish, constants, feeds, cells, values, known_days, as_of, size)
        for o in range(outputs.size):
            value = values[outputs[o]]
            for j in range(size):
                out[o, order[begin + j]] = value[j]


compute = compiled(_compute)
