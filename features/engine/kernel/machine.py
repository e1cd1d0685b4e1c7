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
_ROW_BYTES = (1, 2, 2, 4, 8, 0, 1, 2, 3, 4, 1)
"""By how a column is stored."""

LOAD, AS_OF, LEGAL, LITERAL, MONTH, LOOK_UP, KNOWN, NOT, AND, OR, ADD, SUB, MUL, LT, LE, GT, GE, EQ = range(18)
"""Steps: (code, register to fill, operand, operand). MONTH counts calendar months, LOOK_UP reads a table by code."""
ENTERING, HELD, SUMMED, CHANGED, NEWEST, OLDEST = range(18, 24)
"""Steps for aggregates. ENTERING: the values of rows of which a condition holds. All others run through a block: where
a row lies they say what is so of the rows before it, OLDEST of it and those after; any window is then the difference of
its ends. HELD counts where a condition holds, NEWEST and OLDEST are the place of a row where it holds; SUMMED adds up
known values and counts them in the register after its own; CHANGED counts how often they change.
"""
COUNT, EXISTS, DISTINCT, TOTAL, MEAN, SMALLEST, LARGEST, LATEST, SINCE_LAST, SINCE_FIRST, CHANGES = range(11)
"""Aggregates: (code, window, register, register); -1 for one that counts or places rows where all of them enter.

COUNT and EXISTS read HELD; TOTAL and MEAN SUMMED; LATEST NEWEST and the value; SINCE_LAST NEWEST; SINCE_FIRST OLDEST;
CHANGES OLDEST and CHANGED; the others the values of the rows that enter.
"""
CITE_ALL, CITE_NEWEST, CITE_OLDEST = 11, 12, 13
"""Instead of an aggregate: which rows enter, or the one that decides, each as (aggregate, event day, value); registers
of the condition or -1 and of the value."""
CITED_FACTS = 3
MISSING, PLUS, MINUS, RATIO, TREND = range(5)
"""Finishing: MISSING (aggregate, feed, constant), others (left, right). Aggregates and then steps are numbered on."""

BUCKETS, FIRST_SEGMENT, CONNECTED, TIERS = 0, 1, 2, 3
"""Facts of a feed; of its tiers where they begin, and after it where they end."""
FEED_FACTS = 5
STEPS, AGGREGATES, WINDOWS = 0, 2, 4
"""Facts of a tier, what is asked of a feed's rows that lie in some of its windows: where each begins and ends.

The first tier of a feed reaches over all that follow, and each of those over the next: its steps are for fewer rows.
"""
TIER_FACTS = 6
ENTERPRISES, FIRST_ENTERPRISE, OFFSETS, WITHIN, WITHIN_WIDTH, TABLES, KNOWN_BY, COLUMNS = range(8)
"""Facts of a segment; from COLUMNS on those of each column, the three days first. WITHIN_WIDTH 0: offsets are whole.
KNOWN_BY: a day by which all its rows had become known."""
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
"""Facts of a span, the rows of one spine row in a block: the spine row, from where to where, and their segment.
Spans follow each other without gaps."""
SPAN_FACTS = 4
BUCKET, LOCAL = range(2)
"""Where an enterprise is found: the bucket of its number, and its local number there."""
FROM, TO = range(2)
"""The part of a span that lies in a window."""
STRIDE = 16
"""Enterprises whose rows are counted from one whole offset."""
_STRIDE_BITS = STRIDE.bit_length() - 1
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


def _reader(kind: Any) -> Any:
    """A function that reads one number of a row of such, given where the row lies, and widens it.

    An array made of the address for each number would be counted up and down, which takes longer than reading.
    """

    @intrinsic
    def read(_context: Any, _address: Any, _place: Any) -> Any:
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            first = builder.inttoptr(arguments[0], context.get_value_type(kind).as_pointer())
            number = builder.load(builder.gep(first, [arguments[1]]), align=1)
            return context.cast(builder, number, kind, types.int64)

        return types.int64(types.int64, types.int64), generate

    return read


_byte, _short, _word = _reader(types.uint8), _reader(types.uint16), _reader(types.uint32)
_signed_short, _signed_word, _long = _reader(types.int16), _reader(types.int32), _reader(types.int64)


def _search(read: Any) -> Any:
    """A function that finds the place of the first of some ascending numbers that is not below another.

    It looks near a place first, in growing strides. read: how one of them is read.
    """

    @njit(nogil=True, forceinline=True)
    def find(listed, count, low, number):
        high, stride = low, 1
        while high < count and read(listed, high) < number:
            low = high + 1
            high += stride
            stride += stride
        high = min(high, count)
        while low < high:
            middle = (low + high) >> 1
            if read(listed, middle) < number:
                low = middle + 1
            else:
                high = middle
        return low

    return find


_find_word, _find_long = _search(_word), _search(_long)


@njit(nogil=True)
def _unowned(array):
    """The same memory as an array nobody owns: each slice of an owned one counts its owners up and down again, which
    takes as long as what is done with the slice, and longer where threads count together. Its owner must be kept."""
    return carray(_pointer(array.ctypes.data), array.shape, np.int64)


@njit(nogil=True, forceinline=True)
def _at(address, width, row):
    """One stored number, widened."""
    if width == U16:
        short = _short(address, row)
        return NULL if short == 65535 else short
    if width == U8:
        byte = _byte(address, row)
        return NULL if byte == 255 else byte
    if width == I32:
        word = _signed_word(address, row)
        return NULL if word == -(2**31) else word
    if width == I16:
        half = _signed_short(address, row)
        return NULL if half == -(2**15) else half
    return _long(address, row)


@njit(nogil=True, forceinline=True)
def _event(segment, row):
    """The day of one event; days have no exceptions."""
    kind, address = _long(segment, _EVENT + KIND), _long(segment, _EVENT + ADDRESS)
    if kind == TABLE1:
        return _long(_long(segment, _EVENT + TABLE), _byte(address, row))
    if kind == CODE2:
        return _long(segment, _EVENT + OFFSET) + _short(address, row)
    if kind == CODE4:
        return _long(segment, _EVENT + OFFSET) + _word(address, row)
    return _at(address, kind, row)


@njit(nogil=True, forceinline=True)
def _first_after(segment, low, high, day):
    """The first row of a span of ascending days that lies after a day."""
    while low < high:
        middle = (low + high) >> 1
        if _event(segment, middle) > day:
            high = middle
        else:
            low = middle + 1
    return low


@njit(nogil=True, forceinline=True)
def _first_event_after(registers, low, high, day):
    """The first row of a span that lies after a day. Which half is next is no branch: its way would be a guess."""
    first, length = np.uint64(low), np.uint64(high - low)
    while length > np.uint64(0):
        half = length >> np.uint64(1)
        before = np.uint64(registers[EVENT, first + half] <= day)
        first += before * (half + np.uint64(1))
        length = half - (before & ~length & np.uint64(1))
    return np.int64(first)


@njit(nogil=True, forceinline=True)
def _part(registers, low, high, after, until):
    """The rows of a span with an event in (after, until]; most often the first look at an end suffices."""
    if registers[EVENT, np.uint64(low)] <= after:
        low = _first_event_after(registers, low + 1, high, after)
    if low < high and registers[EVENT, np.uint64(high - 1)] > until:
        high = _first_event_after(registers, low, high - 1, until)
    return low, high


@njit(nogil=True, forceinline=True)
def _offset(segment, place):
    """The row at which an enterprise begins, by its place in the segment."""
    width, offsets = _long(segment, WITHIN_WIDTH), _long(segment, OFFSETS)
    if width == 0:
        return _word(offsets, place)
    start = _word(offsets, place >> _STRIDE_BITS)
    return start + (_byte(_long(segment, WITHIN), place) if width == 1 else _short(_long(segment, WITHIN), place))


@njit(nogil=True)
def _divide(numbers, size, buckets, places):
    for j in range(size):
        number, divisor = np.uint64(max(numbers[j], 0)), np.uint64(buckets)
        places[BUCKET, j], places[LOCAL, j] = number % divisor, number // divisor


@njit(nogil=True, forceinline=True)
def _span(segment, number, after, until):
    """Rows of an enterprise with an event in (after, until]; most often the first look at an end suffices."""
    place = number - _long(segment, FIRST_ENTERPRISE)
    if place < 0 or place >= _long(segment, ENTERPRISES):
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
def _touch(feeds, first_line, line_bytes, number, columns):
    """Look at what will be read of one enterprise: far memory answers many questions at once as fast as one."""
    seen = 0
    for newest in (False, True):  # first where its rows are, then the newest of them
        for f in range(feeds.shape[0]):
            segment = first_line + line_bytes * (feeds[f, FIRST_SEGMENT] + number % feeds[f, BUCKETS])
            place = number // feeds[f, BUCKETS] - _long(segment, FIRST_ENTERPRISE)
            if place < 0 or place >= _long(segment, ENTERPRISES):
                continue
            row = _offset(segment, place + 1) - 1
            seen += row
            if not newest or row < _offset(segment, place):
                continue
            for c in range(columns):
                column = COLUMNS + COLUMN_FACTS * c
                address = _long(segment, column + ADDRESS)
                if address != 0:
                    seen += _byte(address + _ROW_BYTES[_long(segment, column + KIND)] * row, 0)
    return seen


@njit(nogil=True)
def _widen(stored, unknown, rows, out):
    for i in range(rows.size):
        value = np.int64(stored[np.uint64(rows[i])])
        out[i] = NULL if value == unknown else value
    return 0


@njit(nogil=True)
def _decode(stored, exception, offset, step, rows, out):
    """Codes as values; returns how many are exceptions."""
    escaped = 0
    for i in range(rows.size):
        code = np.int64(stored[np.uint64(rows[i])])
        value = offset + step * code
        if code >= exception:
            value = NULL if code > exception else _ESCAPED
            escaped += code == exception
        out[i] = value
    return escaped


@njit(nogil=True)
def _decode_threes(stored, offset, step, rows, out):
    escaped = 0
    for i in range(rows.size):
        at = np.uint64(3 * rows[i])
        low, middle, high = stored[at], stored[at + np.uint64(1)], stored[at + np.uint64(2)]
        code = np.int64(low) | np.int64(middle) << 8 | np.int64(high) << 16
        value = offset + step * code
        if code >= 2**24 - 2:
            value = NULL if code == 2**24 - 1 else _ESCAPED
            escaped += code == 2**24 - 2
        out[i] = value
    return escaped


@njit(nogil=True)
def _decode_table(stored, table, rows, out):
    escaped = 0
    for i in range(rows.size):
        code = stored[np.uint64(rows[i])]
        if code >= 254:
            out[i] = NULL if code == 255 else _ESCAPED
            escaped += code == 254
        else:
            out[i] = table[code]
    return escaped


@njit(nogil=True)
def _decode_column(segment, column, rows, out):
    """What a column's own bytes say of some rows; returns how many they mark as exceptions."""
    kind, pointer = _long(segment, column + KIND), _pointer(_long(segment, column + ADDRESS))
    offset, step = _long(segment, column + OFFSET), _long(segment, column + STEP)
    if kind == CONSTANT:
        out[:] = offset
        return 0
    if kind == TABLE1:
        table = carray(_pointer(_long(segment, column + TABLE)), (256,), np.int64)
        return _decode_table(carray(pointer, (2**62,), np.uint8), table, rows, out)
    if kind == CODE1:
        return _decode(carray(pointer, (2**62,), np.uint8), 254, offset, step, rows, out)
    if kind == CODE2:
        return _decode(carray(pointer, (2**62,), np.uint16), 2**16 - 2, offset, step, rows, out)
    if kind == CODE3:
        return _decode_threes(carray(pointer, (2**62,), np.uint8), offset, step, rows, out)
    if kind == CODE4:
        return _decode(carray(pointer, (2**62,), np.uint32), 2**32 - 2, offset, step, rows, out)
    if kind == U8:
        return _widen(carray(pointer, (2**62,), np.uint8), 255, rows, out)
    if kind == U16:
        return _widen(carray(pointer, (2**62,), np.uint16), 65535, rows, out)
    if kind == I16:
        return _widen(carray(pointer, (2**62,), np.int16), -(2**15), rows, out)
    if kind == I32:
        return _widen(carray(pointer, (2**62,), np.int32), -(2**31), rows, out)
    return _widen(carray(pointer, (2**62,), np.int64), NULL, rows, out)


@njit(nogil=True)
def _except_marked(listed, count, values, at, rows, out):
    """Put the exceptions in where codes say that there are some. at: the first one not before the first row."""
    last = rows[0]
    for i in range(rows.size):
        if out[i] == _ESCAPED:
            row = rows[i]
            at = _find_word(listed, count, at if row >= last else 0, row)  # a block may hold several ascending runs
            last, out[i] = row, _long(values, at)


@njit(nogil=True)
def _except_unmarked(listed, count, values, at, rising, rows, out):
    """Put exceptions in that nothing marks, run by run of ascending rows. rising: whether there is one run only."""
    begin, lying = 0, rows.ctypes.data
    while begin < rows.size:
        end = rows.size if rising else begin + 1
        while end < rows.size and rows[end] > rows[end - 1]:
            end += 1
        i, at = begin, at if begin == 0 else _find_word(listed, count, 0, rows[begin])
        while at < count:
            i = _find_long(lying, end, i, _word(listed, at))
            if i == end:
                break
            if rows[i] == _word(listed, at):
                out[i] = _long(values, at)
            at = _find_word(listed, count, at, rows[i] + (rows[i] == _word(listed, at)))
        begin = end


@njit(nogil=True)
def _except(segment, place, marked, hints, f, rising, rows, out):
    """Put the exceptions of a column among some rows into their places. marked: how many its codes mark.

    hints: (feeds, columns), the first exception not before the rows that were read last.
    """
    column = COLUMNS + COLUMN_FACTS * place
    if marked == 0 and _long(segment, column + KIND) != CONSTANT:
        return
    count, listed = _long(segment, column + EXCEPTIONS), _long(segment, column + ROWS)
    if count == 0:
        return
    hint, first = hints[f, place], rows[0]
    at = _find_word(listed, count, hint if hint < count and _word(listed, hint) <= first else 0, first)
    hints[f, place] = at
    if marked != 0:
        _except_marked(listed, count, _long(segment, column + VALUES), at, rows, out)
    else:
        _except_unmarked(listed, count, _long(segment, column + VALUES), at, rising, rows, out)


@njit(nogil=True)
def _load(segment, place, hints, f, rising, registers, to, low, high):
    """One column's values of some rows. Many columns are counted from the events, which are loaded first."""
    column = COLUMNS + COLUMN_FACTS * place
    rows, out = registers[ROW, low:high], registers[to, low:high]
    marked, base = _decode_column(segment, column, rows, out), _long(segment, column + BASE)
    if base >= 0:
        under = registers[EVENT, low:high]
        if base != EVENT_DAY:
            under = registers[UNDER, low:high]
            marked_under = _decode_column(segment, COLUMNS + COLUMN_FACTS * base, rows, under)
            _except(segment, base, marked_under, hints, f, rising, rows, under)
        for i in range(rows.size):
            out[i] += under[i] if out[i] > _ESCAPED else 0
    _except(segment, place, marked, hints, f, rising, rows, out)


@njit(nogil=True)
def _load_block(one, rising, place, hints, f, spans, count, registers, out):
    """One column's values of all rows of a block. one: the segment all lie in, negative where they lie in several."""
    if one >= 0:
        _load(one, place, hints, f, rising, registers, out, spans[LOW, 0], spans[HIGH, count - 1])
        return
    for k in range(count):
        _load(spans[SEGMENT, k], place, hints, f, 1, registers, out, spans[LOW, k], spans[HIGH, k])


@njit(nogil=True)
def _look_up(segment, table, codes, out):
    """Read a table by code; an unknown code stays unknown."""
    tables = _long(segment, TABLES)
    start = _long(tables, table)
    for i in range(codes.size):
        code = codes[i]
        out[i] = NULL if code == NULL else _long(tables, start + code)


@njit(nogil=True)
def _look_up_block(one, table, spans, count, registers, codes, out):
    if one >= 0:
        used = spans[HIGH, count - 1]
        _look_up(one, table, registers[codes, :used], registers[out, :used])
        return
    for k in range(count):
        low, high = spans[LOW, k], spans[HIGH, k]
        _look_up(spans[SEGMENT, k], table, registers[codes, low:high], registers[out, low:high])


@njit(nogil=True)
def _fill_days(days, day_nos, place, spans, count, registers, out):
    """A fact of its day for each row."""
    if days.shape[0] == 1:
        registers[out, : spans[HIGH, count - 1]] = days[0, place]
        return
    for k in range(count):
        registers[out, spans[LOW, k] : spans[HIGH, k]] = days[day_nos[spans[PLACE, k]], place]


@njit(nogil=True, forceinline=True)
def _ascend(registers, used, low, high):
    """Write down the rows of a span. Places are unsigned here and elsewhere, or each would be asked for its sign."""
    first = np.uint64(used)
    for i in range(np.uint64(high - low)):
        registers[ROW, first + i] = low + np.int64(i)


@njit(nogil=True)
def _all_known(one, spans, count, as_of):
    """Whether each row of a block had become known on the day it is read as of, told by its segment."""
    if one < 0:
        return False
    first = NEVER
    for k in range(count):
        first = min(first, as_of[spans[PLACE, k]])
    return _long(one, KNOWN_BY) <= first


@njit(nogil=True)
def _mark_kept(known, spans, count, as_of, registers):
    """Mark in the register SINCE, by 1 or 0, the newest versions known on the day; returns how many there are.

    known: whether all rows are known, so that only those that were replaced since are to be left out.
    """
    kept, k = 0, 0
    while k < count:
        day, low = as_of[spans[PLACE, k]], np.uint64(spans[LOW, k])
        while k + 1 < count and as_of[spans[PLACE, k + 1]] == day:  # what is read as of one day is marked at once
            k += 1
        for i in range(low, np.uint64(spans[HIGH, k])):
            ends = registers[ENDS, i]
            newest = ((ends == NULL) | (ends > day)) & (known | (registers[SINCE, i] <= day))
            registers[SINCE, i] = newest
            kept += newest
        k += 1
    return kept


@njit(nogil=True)
def _keep_known(known, spans, count, as_of, registers):
    """Keep of a block's rows the newest versions known on the day; returns how many spans are left."""
    if _mark_kept(known, spans, count, as_of, registers) == spans[HIGH, count - 1]:
        return count
    kept, used = 0, np.uint64(0)
    for k in range(count):
        first = used
        for i in range(np.uint64(spans[LOW, k]), np.uint64(spans[HIGH, k])):
            registers[ROW, used], registers[EVENT, used] = registers[ROW, i], registers[EVENT, i]
            used += np.uint64(registers[SINCE, i])
        if used > first:
            spans[PLACE, kept], spans[SEGMENT, kept] = spans[PLACE, k], spans[SEGMENT, k]
            spans[LOW, kept], spans[HIGH, kept] = np.int64(first), np.int64(used)
            kept += 1
    return kept


@njit(nogil=True)
def _month(day):
    """Calendar months since the year 0 of a day counted from 1900-01-01."""
    days = np.uint64(day + _SHIFTED_EPOCH)  # unsigned, a division by a constant is one multiplication
    era = days // np.uint64(146_097)
    of_era = days - era * np.uint64(146_097)
    leap = of_era // np.uint64(1_460) + of_era // np.uint64(146_096) - of_era // np.uint64(36_524)
    year = (of_era - leap) // np.uint64(365)
    of_year = of_era - (np.uint64(365) * year + year // np.uint64(4) - year // np.uint64(100))
    month = (np.uint64(5) * of_year + np.uint64(2)) // np.uint64(153)
    return np.int64((era * np.uint64(400) + year) * np.uint64(12) + month)


@njit(nogil=True)
def _connect(deciding, registers, x, y, out, used):
    """AND, where 0 decides, and OR, where 1 does, of three values; without branches, whose way is a guess each time."""
    for i in range(used):
        left, right = registers[x, i], registers[y, i]
        unknown = (left == NULL) | (right == NULL)
        decided = (left == deciding) | (right == deciding)
        registers[out, i] = deciding if decided else (NULL if unknown else 1 - deciding)


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
    if code == EQ:
        for i in range(used):
            left, right = registers[x, i], registers[y, i]
            registers[out, i] = NULL if (left == NULL) | (right == NULL) else left == right
    elif code == LT:
        for i in range(used):
            left, right = registers[x, i], registers[y, i]
            registers[out, i] = NULL if (left == NULL) | (right == NULL) else left < right
    else:
        for i in range(used):
            left, right = registers[x, i], registers[y, i]
            registers[out, i] = NULL if (left == NULL) | (right == NULL) else left <= right


@njit(nogil=True)
def _place_rows(code, x, out, registers, used):
    """NEWEST: the last row before each of which a condition holds, or -1. OLDEST: the first from each on, or `used`."""
    if code == NEWEST:
        found = -1
        for i in range(used):
            registers[out, i] = found
            found = i if registers[x, i] == 1 else found
        registers[out, used] = found
        return
    found = used
    registers[out, used] = found
    for step in range(used):
        i = used - 1 - step
        found = i if registers[x, i] == 1 else found
        registers[out, i] = found


@njit(nogil=True)
def _tally(code, where, value, out, registers, used):
    """HELD, or of the values where a condition holds SUMMED or CHANGED; where: -1 for all values."""
    tally, known = 0, 0
    if code == HELD:
        for i in range(used):
            registers[out, i] = tally
            tally += registers[where, i] & 1  # unknown is an even number
        registers[out, used] = tally
        return
    if code == SUMMED:
        for i in range(used):
            registers[out, i], registers[out + 1, i] = tally, known
            one = registers[value, i]
            enters = (one != NULL) & ((where < 0) | (registers[where, i] == 1))
            tally += one if enters else 0
            known += enters
        registers[out, used], registers[out + 1, used] = tally, known
        return
    last = NULL
    for i in range(used):
        registers[out, i] = tally
        one = registers[value, i]
        enters = (one != NULL) & ((where < 0) | (registers[where, i] == 1))
        tally += enters & (one != last)
        last = one if enters else last
    registers[out, used] = tally


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
    elif code == ENTERING:
        for i in range(used):
            registers[out, i] = registers[y, i] if registers[x, i] == 1 else NULL
    elif code in (AND, OR):
        _connect(0 if code == AND else 1, registers, x, y, out, used)
    elif code <= MUL:
        _calculate(code, registers, x, y, out, used)
    elif code in (GT, GE):
        _compare(LT if code == GT else LE, registers, y, x, out, used)
    elif code <= EQ:
        _compare(code, registers, x, y, out, used)
    elif code in (NEWEST, OLDEST):
        _place_rows(code, x, out, registers, used)
    else:
        _tally(code, x, y, out, registers, used)


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
def _enter(spans, count, window, bounds, day_nos, registers, parts):
    """The parts of the spans that lie in a window; returns how many rows."""
    entered = 0
    for k in range(count):
        day = np.uint64(day_nos[np.uint64(spans[PLACE, k])])
        low, high = _part(registers, spans[LOW, k], spans[HIGH, k], bounds[day, window, 0], bounds[day, window, 1])
        parts[FROM, k], parts[TO, k] = low, high
        entered += high - low
    return entered


@njit(nogil=True)
def _count(code, held, spans, parts, count, registers, cells, a):
    """How many rows enter, or that any does."""
    for k in range(count):
        low, high, place = np.uint64(parts[FROM, k]), np.uint64(parts[TO, k]), np.uint64(spans[PLACE, k])
        entered = np.int64(high - low) if held < 0 else registers[held, high] - registers[held, low]
        cells[a, place] = (np.float64(entered) if code == COUNT else 1.0) if entered > 0 else np.nan


@njit(nogil=True)
def _pick(code, placed, value, spans, parts, count, as_of, registers, cells, a):
    """The value of the newest row that enters, or the days since the newest or the oldest."""
    for k in range(count):
        low, high, place = parts[FROM, k], parts[TO, k], np.uint64(spans[PLACE, k])
        if code == SINCE_FIRST:
            found = low if placed < 0 else registers[placed, np.uint64(low)]
        else:
            found = high - 1 if placed < 0 else registers[placed, np.uint64(high)]
        if found < low or found >= high:
            continue
        i = np.uint64(found)
        if code != LATEST:
            cells[a, place] = as_of[place] - registers[EVENT, i]
        elif registers[value, i] != NULL:
            cells[a, place] = registers[value, i]


@njit(nogil=True)
def _sum(code, summed, spans, parts, count, registers, cells, a):
    """The total or the mean of the values that enter."""
    for k in range(count):
        low, high, place = np.uint64(parts[FROM, k]), np.uint64(parts[TO, k]), np.uint64(spans[PLACE, k])
        entered = registers[summed + 1, high] - registers[summed + 1, low]
        whole = np.float64(registers[summed, high] - registers[summed, low])
        told = whole / np.float64(max(entered, 1)) if code == MEAN else whole
        cells[a, place] = told if entered > 0 else np.nan


@njit(nogil=True)
def _extreme(code, value, spans, parts, count, registers, cells, a):
    """The smallest or the largest of the values that enter."""
    for k in range(count):
        extreme = NULL
        for i in range(np.uint64(parts[FROM, k]), np.uint64(parts[TO, k])):
            one = registers[value, i]
            if code == LARGEST:
                extreme = max(extreme, one)  # what is unknown is the smallest number
            elif one != NULL:
                extreme = one if extreme == NULL else min(extreme, one)
        if extreme != NULL:
            cells[a, np.uint64(spans[PLACE, k])] = extreme


@njit(nogil=True)
def _change(oldest, changed, spans, parts, count, registers, cells, a):
    """How many runs of one value the rows that enter make."""
    for k in range(count):
        low, high = parts[FROM, k], parts[TO, k]
        first = low if oldest < 0 else registers[oldest, low]
        if first < high:
            cells[a, spans[PLACE, k]] = 1 + registers[changed, high] - registers[changed, first + 1]


@njit(nogil=True)
def _kinds(value, spans, parts, count, registers, cells, a):
    """How many different values enter."""
    for k in range(count):
        entered = np.uint64(0)
        for i in range(np.uint64(parts[FROM, k]), np.uint64(parts[TO, k])):
            registers[KINDS, entered] = registers[value, i]
            entered += np.uint64(registers[value, i] != NULL)
        if entered > np.uint64(0):
            cells[a, np.uint64(spans[PLACE, k])] = _different(registers, np.int64(entered))


@njit(nogil=True)
def _reduce(code, x, y, spans, parts, count, as_of, registers, cells, a):
    """One aggregate over its window's parts of the spans; its cells stay unknown where nothing enters."""
    if code in (COUNT, EXISTS):
        _count(code, x, spans, parts, count, registers, cells, a)
    elif code in (LATEST, SINCE_LAST, SINCE_FIRST):
        _pick(code, x, y, spans, parts, count, as_of, registers, cells, a)
    elif code in (TOTAL, MEAN):
        _sum(code, x, spans, parts, count, registers, cells, a)
    elif code in (SMALLEST, LARGEST):
        _extreme(code, x, spans, parts, count, registers, cells, a)
    elif code == CHANGES:
        _change(x, y, spans, parts, count, registers, cells, a)
    else:
        _kinds(x, spans, parts, count, registers, cells, a)


@njit(nogil=True)
def _edge(newest, where, low, high, registers):
    """The newest or the oldest row that enters; -1 where none does."""
    for step in range(high - low):
        i = high - 1 - step if newest else low + step
        if where < 0 or registers[where, i] == 1:
            return i
    return -1


@njit(nogil=True)
def _cite(code, where, value, parts, count, registers, cited, a):
    """Write down the rows that enter. The first line of `cited` counts them, those without room among them."""
    for k in range(count):
        low, high = parts[FROM, k], parts[TO, k]
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
def _finish(finish, constants, feeds, cells, known, as_of, size):
    """The arithmetic between aggregates, step by step for all spine rows of a chunk, in the cells after theirs."""
    first = cells.shape[0] - finish.shape[0]
    for i in range(finish.shape[0]):
        code, x, y, out = finish[i, 0], finish[i, 1], finish[i, 2], first + i
        if code == MISSING:  # a constant stands for it where no record entered but both sides were known
            connected, instead = feeds[y, CONNECTED], constants[finish[i, 3]]
            for j in range(size):
                told = (cells[x, j] == cells[x, j]) | (known[j] > as_of[j]) | (connected > as_of[j])
                cells[out, j] = cells[x, j] if told else instead
        elif code == PLUS:
            for j in range(size):
                cells[out, j] = cells[x, j] + cells[y, j]
        elif code == MINUS:
            for j in range(size):
                cells[out, j] = cells[x, j] - cells[y, j]
        elif code == RATIO:
            for j in range(size):
                cells[out, j] = cells[x, j] / cells[y, j] if cells[y, j] > 0 else np.nan
        else:
            for j in range(size):
                cells[out, j] = (cells[x, j] - cells[y, j]) / cells[y, j] if cells[y, j] > 0 else np.nan


@njit(nogil=True)
def _reach(feeds, tiers, bounds):
    """Between which events any window of a tier, or of one after it, lies on a day: (tier, day, 2)."""
    reach = np.empty((tiers.shape[0], bounds.shape[0], 2), np.int64)
    for f in range(feeds.shape[0]):
        for day in range(bounds.shape[0]):
            after, until = -NULL - 1, NULL
            for t in range(feeds[f, TIERS + 1] - 1, feeds[f, TIERS] - 1, -1):
                for w in range(tiers[t, WINDOWS], tiers[t, WINDOWS + 1]):
                    after = min(after, bounds[day, w, 0])
                    until = max(until, bounds[day, w, 1])
                reach[t, day, 0], reach[t, day, 1] = after, until
    return reach


@njit(nogil=True)
def _narrow(spans, count, reach, day_nos, registers):
    """Keep of a block's rows those within a tier's reach: (day, 2); returns how many spans are left."""
    kept, used = 0, 0
    for k in range(count):
        place = spans[PLACE, k]
        low, high = _part(registers, spans[LOW, k], spans[HIGH, k], reach[day_nos[place], 0], reach[day_nos[place], 1])
        if low < high:
            spans[PLACE, kept], spans[SEGMENT, kept] = place, spans[SEGMENT, k]
            spans[LOW, kept], spans[HIGH, kept] = used, used + high - low
            kept += 1
            first, to = np.uint64(low), np.uint64(used)
            for i in range(np.uint64(high - low)):
                registers[ROW, to + i], registers[EVENT, to + i] = (
                    registers[ROW, first + i],
                    registers[EVENT, first + i],
                )
            used += high - low
    return kept


@njit(nogil=True)
def _answer(outputs, cells, places, out):
    """Put a chunk's cells where its spine rows stand, which most often follow each other."""
    size, first = places.size, places[0]
    apart = 0
    for j in range(size):
        apart += places[j] != first + j
    if apart == 0:
        for o in range(outputs.size):
            out[o, first : first + size] = cells[outputs[o], :size]
        return
    for o in range(outputs.size):
        for j in range(size):
            out[o, places[j]] = cells[outputs[o], j]


def _compute(program, segments, spine, chunk, room, out, cited):
    """Fill `out` (features, spine rows). Which arrays the tuples hold: `program.Program` and `running.Spine`.

    chunk: spine rows whose cells are held at once. room: rows of a block, more where one enterprise has more.
    cited: (1 + records, `CITED_FACTS`), filled where a program cites records; of one spine row then.
    """
    feeds, tiers, steps, aggregates, finish, constants, literals, outputs, registers_needed = program
    first_line, line_bytes = segments.ctypes.data, 8 * segments.shape[1]
    enterprises, known_on, day_of, order, days, bounds = spine
    reach = _reach(feeds, tiers, bounds)
    hints = np.zeros((feeds.shape[0], (segments.shape[1] - COLUMNS) // COLUMN_FACTS), np.int64)
    taken = aggregates.shape[0]
    cells = np.empty((taken + finish.shape[0], chunk))
    numbers, day_nos = np.empty(chunk, np.int64), np.empty(chunk, np.int64)
    known_days, as_of = np.empty(chunk, np.int64), np.empty(chunk, np.int64)
    places = np.empty((2, chunk), np.int64)
    spans, parts = np.empty((SPAN_FACTS, chunk), np.int64), np.empty((2, chunk), np.int64)
    memory = np.empty((registers_needed, room + 1), np.int64)
    registers = _unowned(memory)
    for begin in range(0, order.size, chunk):
        size = min(chunk, order.size - begin)
        for j in range(size):
            place = order[begin + j]
            numbers[j], day_nos[j], known_days[j] = enterprises[place], day_of[place], known_on[place]
            as_of[j] = days[day_nos[j], 0]
        cells[:taken, :size] = np.nan
        if size == 1 and numbers[0] >= 0:
            parts[FROM, 0] = _touch(feeds, first_line, line_bytes, numbers[0], hints.shape[1])
        divided = 0
        for f in range(feeds.shape[0]):
            feed = feeds[f]
            if feed[CONNECTED] == NEVER and outputs.size > 0:
                continue  # nothing is told of derived rows that are there before all they rest on
            first_segment, widest = feed[FIRST_SEGMENT], feed[TIERS]
            if feed[BUCKETS] != divided:  # most often all feeds are divided alike
                divided = feed[BUCKETS]
                _divide(numbers, size, divided, places)
            at, needed = 0, 0
            while at < size:
                if needed > room:  # asked here and not where it is found out: there each turn would count the owners
                    room = 2 * needed
                    memory = np.empty((registers_needed, room + 1), np.int64)
                    registers = _unowned(memory)
                used, count, one, rising, last = 0, 0, _NO_SEGMENT, 1, 0
                while at < size:  # gather spine rows until their rows fill a block
                    if numbers[at] < 0:
                        at += 1
                        continue
                    day_no = day_nos[at]
                    segment = first_line + line_bytes * (first_segment + places[BUCKET, at])
                    until = min(reach[widest, day_no, 1], as_of[at])
                    low, high = _span(segment, places[LOCAL, at], reach[widest, day_no, 0], until)
                    if used + high - low > room:
                        needed = high - low
                        break
                    if low < high:
                        spans[PLACE, count], spans[SEGMENT, count] = at, segment
                        spans[LOW, count], spans[HIGH, count] = used, used + high - low
                        count += 1
                        one = segment if one in (_NO_SEGMENT, segment) else _SEVERAL
                        rising &= low >= last
                        last = high
                        _ascend(registers, used, low, high)
                        used += high - low
                    at += 1
                if count == 0:
                    continue
                _load_block(one, rising, EVENT_DAY, hints, f, spans, count, registers, EVENT)
                known = _all_known(one, spans, count, as_of)
                if not known:
                    _load_block(one, rising, KNOWN_FROM, hints, f, spans, count, registers, SINCE)
                _load_block(one, rising, KNOWN_TO, hints, f, spans, count, registers, ENDS)
                count = _keep_known(known, spans, count, as_of, registers)
                for t in range(feed[TIERS], feed[TIERS + 1]):
                    if t > widest:
                        count = _narrow(spans, count, reach[t], day_nos, registers)
                    if count == 0:
                        break
                    used = spans[HIGH, count - 1]
                    for s in range(tiers[t, STEPS], tiers[t, STEPS + 1]):
                        code, out_no, x, y = steps[s, 0], steps[s, 1], steps[s, 2], steps[s, 3]
                        if code == LOAD:
                            _load_block(one, rising, x, hints, f, spans, count, registers, out_no)
                        elif code == LOOK_UP:
                            _look_up_block(one, y, spans, count, registers, x, out_no)
                        elif code == LITERAL:
                            registers[out_no, :used] = literals[x]
                        elif code in (AS_OF, LEGAL):
                            _fill_days(days, day_nos, x, spans, count, registers, out_no)
                        else:
                            _step(code, x, y, out_no, registers, used)
                    window, entered = -1, 0
                    for a in range(tiers[t, AGGREGATES], tiers[t, AGGREGATES + 1]):
                        if aggregates[a, 1] != window:
                            window = aggregates[a, 1]
                            entered = _enter(spans, count, window, bounds, day_nos, registers, parts)
                        if entered > 0:
                            code, x, y = aggregates[a, 0], aggregates[a, 2], aggregates[a, 3]
                            if code >= CITE_ALL:
                                _cite(code, x, y, parts, count, registers, cited, a)
                            else:
                                _reduce(code, x, y, spans, parts, count, as_of, registers, cells, a)
        _finish(finish, constants, feeds, cells, known_days, as_of, size)
        _answer(outputs, cells, order[begin : begin + size], out)
    return memory.size  # asked for that it is kept until here


compute = compiled(_compute)
