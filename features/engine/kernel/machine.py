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

from bureau.compiling import compiled

NULL = -(2**63)
U8, U16, I16, I32, I64, CONSTANT, CODE1, CODE2, CODE3, CODE4, TABLE1 = range(11)
"""How a column is stored: as numbers, of which the largest unsigned and the smallest signed one stand for unknown; as
one number for all rows; as codes of so many bytes, of which the largest says unknown and the one before exception."""

LOAD, AS_OF, LEGAL, LITERAL, MONTH, LOOK_UP, KNOWN, NOT, AND, OR, ADD, SUB, MUL, LT, LE, GT, GE, EQ = range(18)
"""Steps: (code, register to fill, operand, operand). MONTH counts calendar months, LOOK_UP reads a table by code."""
COUNT, EXISTS, DISTINCT, TOTAL, MEAN, SMALLEST, LARGEST, LATEST, SINCE_LAST, SINCE_FIRST, CHANGES = range(11)
"""Aggregates: (code, window, register of the condition or -1, register of the value or -1)."""
CITE_ALL, CITE_NEWEST, CITE_OLDEST = 11, 12, 13
"""Instead of an aggregate: which rows enter, or the one that decides, each as (aggregate, event day, value)."""
CITED_FACTS = 3
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
ROW, EVENT, SINCE, ENDS, UNDER, KINDS = range(6)
"""Registers the machine fills itself: a row's place in its segment, its days, what a column is counted from, and kinds
of values while they are counted. All is one array, because a call hands each array over as nine numbers."""
FIRST_REGISTER = 6
"""Of the program's own."""
PLACE, LOW, HIGH, SEGMENT = range(4)
"""Facts of a span, the rows of one spine row in a block: the spine row, from where to where, and their segment."""
SPAN_FACTS = 4
STRIDE = 16
"""Enterprises whose rows are counted from one whole offset."""
_EVENT = COLUMNS + COLUMN_FACTS * EVENT_DAY
_ESCAPED = NULL + 1
_NO_SEGMENT, _SEVERAL = -2, -1
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
def _first_event_after(registers, low, high, day):
    while low < high:
        middle = (low + high) >> 1
        if registers[EVENT, middle] > day:
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
def _widen(stored, unknown, registers, out, low, high):
    for i in range(low, high):
        value = np.int64(stored[registers[ROW, i]])
        registers[out, i] = NULL if value == unknown else value
    return 0


@njit(nogil=True)
def _decode(stored, exception, offset, step, registers, out, low, high):
    """Codes as values; returns how many are exceptions."""
    escaped = 0
    for i in range(low, high):
        code = np.int64(stored[registers[ROW, i]])
        value = offset + step * code
        if code >= exception:
            value = NULL if code > exception else _ESCAPED
            escaped += code == exception
        registers[out, i] = value
    return escaped


@njit(nogil=True)
def _decode_threes(stored, offset, step, registers, out, low, high):
    escaped = 0
    for i in range(low, high):
        at = 3 * registers[ROW, i]
        code = np.int64(stored[at]) | np.int64(stored[at + 1]) << 8 | np.int64(stored[at + 2]) << 16
        value = offset + step * code
        if code >= 2**24 - 2:
            value = NULL if code == 2**24 - 1 else _ESCAPED
            escaped += code == 2**24 - 2
        registers[out, i] = value
    return escaped


@njit(nogil=True)
def _decode_table(stored, table, registers, out, low, high):
    escaped = 0
    for i in range(low, high):
        code = stored[registers[ROW, i]]
        if code >= 254:
            registers[out, i] = NULL if code == 255 else _ESCAPED
            escaped += code == 254
        else:
            registers[out, i] = table[code]
    return escaped


@njit(nogil=True)
def _decode_column(segment, column, registers, out, low, high):
    """What a column's own bytes say of some rows; returns how many exceptions there are, -1 where they do not say."""
    kind, pointer = segment[column + KIND], _pointer(segment[column + ADDRESS])
    offset, step = segment[column + OFFSET], segment[column + STEP]
    if kind == CONSTANT:
        for i in range(low, high):
            registers[out, i] = offset
        return -1 if segment[column + EXCEPTIONS] > 0 else 0
    if kind == TABLE1:
        table = carray(_pointer(segment[column + TABLE]), (256,), np.int64)
        return _decode_table(carray(pointer, (2**62,), np.uint8), table, registers, out, low, high)
    if kind == CODE1:
        return _decode(carray(pointer, (2**62,), np.uint8), 254, offset, step, registers, out, low, high)
    if kind == CODE2:
        return _decode(carray(pointer, (2**62,), np.uint16), 2**16 - 2, offset, step, registers, out, low, high)
    if kind == CODE3:
        return _decode_threes(carray(pointer, (2**62,), np.uint8), offset, step, registers, out, low, high)
    if kind == CODE4:
        return _decode(carray(pointer, (2**62,), np.uint32), 2**32 - 2, offset, step, registers, out, low, high)
    if kind == U8:
        return _widen(carray(pointer, (2**62,), np.uint8), 255, registers, out, low, high)
    if kind == U16:
        return _widen(carray(pointer, (2**62,), np.uint16), 65535, registers, out, low, high)
    if kind == I16:
        return _widen(carray(pointer, (2**62,), np.int16), -(2**15), registers, out, low, high)
    if kind == I32:
        return _widen(carray(pointer, (2**62,), np.int32), -(2**31), registers, out, low, high)
    return _widen(carray(pointer, (2**62,), np.int64), NULL, registers, out, low, high)


@njit(nogil=True)
def _at_or_after(listed, low, row):
    """The place of the first of some ascending rows that is not before a row: near `low` first, in growing strides."""
    high, stride = low, 1
    while high < listed.size and listed[high] < row:
        low = high + 1
        high += stride
        stride += stride
    high = min(high, listed.size)
    while low < high:
        middle = (low + high) >> 1
        if listed[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@njit(nogil=True)
def _except(segment, column, escaped, registers, out, low, high):
    """Put the exceptions among some rows into their places. escaped: -1 where the register does not show them."""
    count = segment[column + EXCEPTIONS]
    listed = carray(_pointer(segment[column + ROWS]), (count,), np.uint32)
    values = carray(_pointer(segment[column + VALUES]), (count,), np.int64)
    at, last = 0, -1
    for i in range(low, high):
        if escaped > 0 and registers[out, i] != _ESCAPED:
            continue
        row = registers[ROW, i]
        if row < last:  # rows of one segment ascend, and a block may hold several runs
            at = 0
        at = _at_or_after(listed, at, row)
        if at < count and listed[at] == row:
            registers[out, i] = values[at]
        last = row


@njit(nogil=True)
def _load(segment, place, registers, out, low, high):
    """One column's values of some rows. Many columns are counted from the events, which are loaded first."""
    column = COLUMNS + COLUMN_FACTS * place
    escaped = _decode_column(segment, column, registers, out, low, high)
    base = segment[column + BASE]
    if base >= 0:
        under = EVENT
        if base != EVENT_DAY:
            under, below = UNDER, COLUMNS + COLUMN_FACTS * base
            deeper = _decode_column(segment, below, registers, under, low, high)
            if deeper != 0:
                _except(segment, below, deeper, registers, under, low, high)
        for i in range(low, high):
            registers[out, i] += registers[under, i] if registers[out, i] > _ESCAPED else 0
    if escaped != 0:
        _except(segment, column, escaped, registers, out, low, high)


@njit(nogil=True)
def _load_block(segments, one, place, spans, count, registers, out):
    """One column's values of all rows of a block. one: the segment all lie in, negative where they lie in several."""
    if one >= 0:
        _load(segments[one], place, registers, out, spans[0, LOW], spans[count - 1, HIGH])
        return
    for k in range(count):
        _load(segments[spans[k, SEGMENT]], place, registers, out, spans[k, LOW], spans[k, HIGH])


@njit(nogil=True)
def _look_up(segments, table, spans, count, registers, codes, out):
    """Read the table of each segment by code; an unknown code stays unknown."""
    for k in range(count):
        tables = carray(_pointer(segments[spans[k, SEGMENT], TABLES]), (2**62,), np.int64)
        start = tables[table]
        for i in range(spans[k, LOW], spans[k, HIGH]):
            code = registers[codes, i]
            registers[out, i] = NULL if code == NULL else tables[start + code]


@njit(nogil=True)
def _keep_known(spans, count, as_of, registers):
    """Keep of a block's rows the newest versions known on the day; returns how many spans are left."""
    kept, used = 0, 0
    for k in range(count):
        day, low = as_of[spans[k, PLACE]], used
        for i in range(spans[k, LOW], spans[k, HIGH]):
            registers[ROW, used], registers[EVENT, used] = registers[ROW, i], registers[EVENT, i]
            used += registers[SINCE, i] <= day and (registers[ENDS, i] == NULL or registers[ENDS, i] > day)
        if used > low:
            spans[kept, PLACE], spans[kept, SEGMENT] = spans[k, PLACE], spans[k, SEGMENT]
            spans[kept, LOW], spans[kept, HIGH] = low, used
            kept += 1
    return kept


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
def _connect(code, registers, x, y, out, used):
    """AND and OR of three values."""
    deciding = 0 if code == AND else 1
    for i in range(used):
        left, right = registers[x, i], registers[y, i]
        if left == deciding or right == deciding:
            registers[out, i] = deciding
        elif left == NULL or right == NULL:
            registers[out, i] = NULL
        else:
            registers[out, i] = 1 - deciding


@njit(nogil=True)
def _calculate(code, registers, x, y, out, used):
    for i in range(used):
        left, right = registers[x, i], registers[y, i]
        if left == NULL or right == NULL:
            registers[out, i] = NULL
        elif code == ADD:
            registers[out, i] = left + right
        elif code == SUB:
            registers[out, i] = left - right
        else:
            registers[out, i] = left * right


@njit(nogil=True)
def _compare(code, registers, x, y, out, used):
    if code in (GT, GE):
        x, y = y, x
    strict = code in (LT, GT)
    for i in range(used):
        left, right = registers[x, i], registers[y, i]
        if left == NULL or right == NULL:
            registers[out, i] = NULL
        elif code == EQ:
            registers[out, i] = left == right
        elif strict:
            registers[out, i] = left < right
        else:
            registers[out, i] = left <= right


@njit(nogil=True)
def _step(code, x, y, out, registers, used):
    """A step that is the same for all rows of a block. x, y, out: registers."""
    if code == MONTH:
        for i in range(used):
            registers[out, i] = _month(registers[EVENT, i])
    elif code == KNOWN:
        for i in range(used):
            registers[out, i] = registers[x, i] != NULL
    elif code == NOT:
        for i in range(used):
            registers[out, i] = NULL if registers[x, i] == NULL else 1 - registers[x, i]
    elif code in (AND, OR):
        _connect(code, registers, x, y, out, used)
    elif code <= MUL:
        _calculate(code, registers, x, y, out, used)
    else:
        _compare(code, registers, x, y, out, used)


@njit(nogil=True)
def _different(registers, count):
    """How many different values among the first of `KINDS`, by comparing few and sorting many."""
    known = registers[KINDS, :count]
    if count > 24:
        known.sort()
        return 1 + np.count_nonzero(known[1:] != known[:-1])
    found = 0
    for i in range(count):
        fresh = 1
        for k in range(i):
            if known[k] == known[i]:
                fresh = 0
                break
        found += fresh
    return found


@njit(nogil=True)
def _enter(spans, count, window, bounds, day_nos, registers, entering):
    """The parts of the spans that lie in a window, as `entering`; returns how many."""
    found = 0
    for k in range(count):
        place, low, high = spans[k, PLACE], spans[k, LOW], spans[k, HIGH]
        after, until = bounds[day_nos[place], window, 0], bounds[day_nos[place], window, 1]
        if registers[EVENT, low] <= after:  # most often the first look at an end suffices
            low = _first_event_after(registers, low + 1, high, after)
        if low < high and registers[EVENT, high - 1] > until:
            high = _first_event_after(registers, low, high - 1, until)
        if low < high:
            entering[found, PLACE], entering[found, LOW], entering[found, HIGH] = place, low, high
            found += 1
    return found


@njit(nogil=True)
def _count(code, where, spans, count, registers, cells, a):
    """How many rows enter, or that any does."""
    for k in range(count):
        low, high = spans[k, LOW], spans[k, HIGH]
        entered = high - low
        if where >= 0:
            entered = 0
            for i in range(low, high):
                entered += registers[where, i] == 1
        if entered > 0:
            cells[a, spans[k, PLACE]] = entered if code == COUNT else 1


@njit(nogil=True)
def _edge(newest, where, low, high, registers):
    """The newest or the oldest row that enters; -1 where none does."""
    for step in range(high - low):
        i = high - 1 - step if newest else low + step
        if where < 0 or registers[where, i] == 1:
            return i
    return -1


@njit(nogil=True)
def _pick(code, where, value, spans, count, as_of, registers, cells, a):
    """The value of the newest row that enters, or the days since the newest or the oldest."""
    for k in range(count):
        place = spans[k, PLACE]
        i = _edge(code != SINCE_FIRST, where, spans[k, LOW], spans[k, HIGH], registers)
        if i < 0:
            continue
        if code != LATEST:
            cells[a, place] = as_of[place] - registers[EVENT, i]
        elif registers[value, i] != NULL:
            cells[a, place] = registers[value, i]


@njit(nogil=True)
def _sum(code, where, value, spans, count, registers, cells, a):
    """The total or the mean of the known values of the rows that enter."""
    for k in range(count):
        entered, total = 0, 0
        for i in range(spans[k, LOW], spans[k, HIGH]):
            enters = registers[value, i] != NULL and (where < 0 or registers[where, i] == 1)
            entered += enters
            total += registers[value, i] if enters else 0
        if entered > 0:
            whole = np.float64(total)
            cells[a, spans[k, PLACE]] = whole / np.float64(entered) if code == MEAN else whole


@njit(nogil=True)
def _extreme(code, where, value, spans, count, registers, cells, a):
    """The smallest or the largest known value of the rows that enter."""
    for k in range(count):
        extreme = NULL
        for i in range(spans[k, LOW], spans[k, HIGH]):
            one = registers[value, i]
            if one == NULL or not (where < 0 or registers[where, i] == 1):
                continue
            if extreme == NULL or (one < extreme if code == SMALLEST else one > extreme):
                extreme = one
        if extreme != NULL:
            cells[a, spans[k, PLACE]] = extreme


@njit(nogil=True)
def _kinds(code, where, value, spans, count, registers, cells, a):
    """How many different values the rows that enter have, or how often the value changes from row to row."""
    for k in range(count):
        entered, changes, last = 0, 0, NULL
        for i in range(spans[k, LOW], spans[k, HIGH]):
            one = registers[value, i]
            if one != NULL and (where < 0 or registers[where, i] == 1):
                registers[KINDS, entered] = one
                entered += 1
                changes += one != last
                last = one
        if entered > 0:
            cells[a, spans[k, PLACE]] = changes if code == CHANGES else _different(registers, entered)


@njit(nogil=True)
def _reduce(code, where, value, spans, count, as_of, registers, cells, a):
    """One aggregate over the spans of its window; its cells stay unknown where no row enters."""
    if code in (COUNT, EXISTS):
        _count(code, where, spans, count, registers, cells, a)
    elif code in (LATEST, SINCE_LAST, SINCE_FIRST):
        _pick(code, where, value, spans, count, as_of, registers, cells, a)
    elif code in (TOTAL, MEAN):
        _sum(code, where, value, spans, count, registers, cells, a)
    elif code in (SMALLEST, LARGEST):
        _extreme(code, where, value, spans, count, registers, cells, a)
    else:
        _kinds(code, where, value, spans, count, registers, cells, a)


@njit(nogil=True)
def _cite(code, where, value, spans, count, registers, cited, a):
    """Write down the rows that enter. The first line of `cited` counts them, those without room among them."""
    for k in range(count):
        low, high = spans[k, LOW], spans[k, HIGH]
        if code != CITE_ALL:
            low = _edge(code == CITE_NEWEST, where, low, high, registers)
            if low < 0:
                continue
            high = low + 1
        for i in range(low, high):
            if where < 0 or registers[where, i] == 1:
                cited[0, 0] += 1
                line = cited[0, 0]
                if line < cited.shape[0]:
                    cited[line, 0], cited[line, 1], cited[line, 2] = a, registers[EVENT, i], registers[value, i]


@njit(nogil=True)
def _finish(finish, constants, feeds, cells, values, known, as_of, size):
    """The arithmetic between aggregates, step by step for all spine rows of a chunk."""
    for i in range(finish.shape[0]):
        code, x, y, missing = finish[i, 0], finish[i, 1], finish[i, 2], finish[i, 3]
        if code == CELL and feeds[y, CONNECTED] == NEVER:  # of derived rows some may be there before all they rest on
            for j in range(size):
                values[i, j] = np.nan
        elif code == CELL and missing < 0:
            for j in range(size):
                values[i, j] = cells[x, j]
        elif code == CELL:  # a constant stands for it where no record entered but both sides were known
            connected, instead = feeds[y, CONNECTED], constants[missing]
            for j in range(size):
                nothing = np.isnan(cells[x, j]) and known[j] <= as_of[j] and connected <= as_of[j]
                values[i, j] = instead if nothing else cells[x, j]
        elif code == PLUS:
            for j in range(size):
                values[i, j] = values[x, j] + values[y, j]
        elif code == MINUS:
            for j in range(size):
                values[i, j] = values[x, j] - values[y, j]
        elif code == RATIO:
            for j in range(size):
                values[i, j] = values[x, j] / values[y, j] if values[y, j] > 0 else np.nan
        else:
            for j in range(size):
                values[i, j] = (values[x, j] - values[y, j]) / values[y, j] if values[y, j] > 0 else np.nan


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


def _compute(program, segments, spine, chunk, room, out, cited):
    """Fill `out` (features, spine rows). Which arrays the tuples hold: `program.Program` and `running.Spine`.

    chunk: spine rows whose cells are held at once. room: rows of a block, more where one enterprise has more.
    cited: (1 + records, `CITED_FACTS`), filled where a program cites records; of one spine row then.
    """
    feeds, steps, aggregates, finish, constants, literals, outputs, registers_needed = program
    enterprises, known_on, day_of, order, days, bounds = spine
    reach = _reach(feeds, bounds)
    cells, values = np.empty((aggregates.shape[0], chunk)), np.empty((finish.shape[0], chunk))
    numbers, day_nos = np.empty(chunk, np.int64), np.empty(chunk, np.int64)
    known_days, as_of = np.empty(chunk, np.int64), np.empty(chunk, np.int64)
    spans, entering = np.empty((chunk, SPAN_FACTS), np.int64), np.empty((chunk, SPAN_FACTS), np.int64)
    registers = np.empty((registers_needed, room), np.int64)
    for begin in range(0, order.size, chunk):
        size = min(chunk, order.size - begin)
        for j in range(size):
            place = order[begin + j]
            numbers[j], day_nos[j], known_days[j] = enterprises[place], day_of[place], known_on[place]
            as_of[j] = days[day_nos[j], 0]
        cells[:, :size] = np.nan
        for f in range(feeds.shape[0]):
            feed = feeds[f]
            buckets, first_segment = feed[BUCKETS], feed[FIRST_SEGMENT]
            at = 0
            while at < size:
                used, count, one = 0, 0, _NO_SEGMENT
                while at < size:  # gather spine rows until their rows fill a block
                    number, day_no = numbers[at], day_nos[at]
                    if number < 0:
                        at += 1
                        continue
                    which = first_segment + number % buckets
                    until = min(reach[f, day_no, 1], as_of[at])
                    low, high = _span(segments[which], number // buckets, reach[f, day_no, 0], until)
                    if used + high - low > room:
                        if count > 0:
                            break
                        room = 2 * (high - low)
                        registers = np.empty((registers_needed, room), np.int64)
                    if low < high:
                        spans[count, PLACE], spans[count, SEGMENT] = at, which
                        spans[count, LOW], spans[count, HIGH] = used, used + high - low
                        count += 1
                        one = which if one in (_NO_SEGMENT, which) else _SEVERAL
                        for row in range(low, high):
                            registers[ROW, used] = row
                            used += 1
                    at += 1
                if count == 0:
                    continue
                _load_block(segments, one, EVENT_DAY, spans, count, registers, EVENT)
                _load_block(segments, one, KNOWN_FROM, spans, count, registers, SINCE)
                _load_block(segments, one, KNOWN_TO, spans, count, registers, ENDS)
                count = _keep_known(spans, count, as_of, registers)
                if count == 0:
                    continue
                used = spans[count - 1, HIGH]
                for s in range(feed[STEPS], feed[STEPS + 1]):
                    code, out_no, x, y = steps[s, 0], steps[s, 1], steps[s, 2], steps[s, 3]
                    if code == LOAD:
                        _load_block(segments, one, x, spans, count, registers, out_no)
                    elif code == LOOK_UP:
                        _look_up(segments, y, spans, count, registers, x, out_no)
                    elif code == LITERAL:
                        registers[out_no, :used] = literals[x]
                    elif code in (AS_OF, LEGAL):
                        for k in range(count):
                            day = days[day_nos[spans[k, PLACE]], x]
                            for i in range(spans[k, LOW], spans[k, HIGH]):
                                registers[out_no, i] = day
                    else:
                        _step(code, x, y, out_no, registers, used)
                window, entered = -1, 0
                for a in range(feed[AGGREGATES], feed[AGGREGATES + 1]):
                    if aggregates[a, 1] != window:
                        window = aggregates[a, 1]
                        entered = _enter(spans, count, window, bounds, day_nos, registers, entering)
                    if entered > 0:
                        code, where, value = aggregates[a, 0], aggregates[a, 2], aggregates[a, 3]
                        if code >= CITE_ALL:
                            _cite(code, where, value, entering, entered, registers, cited, a)
                        else:
                            _reduce(code, where, value, entering, entered, as_of, registers, cells, a)
        _finish(finish, constants, feeds, cells, values, known_days, as_of, size)
        for o in range(outputs.size):
            for j in range(size):
                out[o, order[begin + j]] = values[outputs[o], j]


compute = compiled(_compute)
