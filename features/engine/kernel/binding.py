"""What the machine is told of the segments it reads: where their columns lie, and how their numbers are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from features.engine.kernel import machine
from features.engine.kernel.program import FeedProgram, Integers, Program
from features.lake.hot import format as hot
from features.lake.hot.format import MappedColumns
from features.lake.hot.packing import Packed, address
from features.lake.hot.segment import Column, Segment

_WIDTHS = {
    np.dtype(np.uint8): machine.U8,
    np.dtype(np.uint16): machine.U16,
    np.dtype(np.int16): machine.I16,
    np.dtype(np.int32): machine.I32,
    np.dtype(np.int64): machine.I64,
}
_CODED = {
    0: machine.CONSTANT,
    1: machine.CODE1,
    2: machine.CODE2,
    3: machine.CODE3,
    4: machine.CODE4,
    8: machine.I64,
}
_KINDS = np.array([_CODED.get(width, -1) for width in range(9)], np.int64)
"""By bytes of a code."""
_OF_SEGMENTS = (
    [machine.FIRST_ENTERPRISE, machine.ENTERPRISES, machine.WITHIN_WIDTH, machine.KNOWN_BY],
    [hot.FIRST, hot.ENTERPRISES, hot.WITHIN_WIDTH, hot.KNOWN_BY],
)
_PLACES_OF_SEGMENTS = [machine.OFFSETS, machine.WITHIN], [hot.OFFSETS, hot.WITHIN]
_OF_COLUMNS = [machine.OFFSET, machine.STEP, machine.EXCEPTIONS], [hot.OFFSET, hot.STEP, hot.EXCEPTIONS]
_PLACES_OF_COLUMNS = (
    [machine.ADDRESS, machine.TABLE, machine.ROWS, machine.VALUES],
    [hot.CODES, hot.TABLE, hot.ROWS, hot.VALUES],
)
"""Facts of a line, and which facts of a hot file they are; of places they are the addresses."""


@dataclass(frozen=True)
class FeedRows:
    """The segments of one feed, one for each bucket, and since which day the feed is connected.

    buckets: into how many its rows are divided, as many as there are segments unless these are some only, from
    bucket `first` on.
    """

    segments: Sequence[Segment]
    connected_on: int = machine.NEVER
    buckets: int | None = None
    first: int = 0


@dataclass(frozen=True)
class Bound:
    """A program and the memory it reads. `held` keeps that memory mapped while the addresses in it are used."""

    program: Program
    feeds: Integers
    segments: Integers
    held: tuple[object, ...]


def bind(program: Program, rows: Mapping[str, FeedRows]) -> Bound:
    """Give a program its segments, by feed code."""
    feeds = program.feed_facts.copy()
    segments = np.zeros((sum(len(given.segments) for given in rows.values()), _width(program)), np.int64)
    held, bound = list[object](), 0
    for number, feed in enumerate(program.feeds):
        given = rows[feed.contract.code]
        feeds[number, machine.BUCKETS] = given.buckets or len(given.segments)
        feeds[number, machine.FIRST_SEGMENT] = bound - given.first
        feeds[number, machine.CONNECTED] = given.connected_on
        after = bound + len(given.segments)
        held += [given.segments, describe(feed, given.segments, segments[bound:after])]
        bound = after
    return Bound(program, feeds, segments, tuple(held))


def describe(feed: FeedProgram, segments: Sequence[Segment], lines: Integers) -> object:
    """Write what the machine is told of segments, a line of zeros each; returns the tables it reads, to be kept."""
    mapped: dict[tuple[str, ...], dict[int, MappedColumns]] = {}
    for place, segment in enumerate(segments):
        if isinstance(segment.columns, MappedColumns):
            mapped.setdefault(segment.columns.names, {})[place] = segment.columns
        else:
            _describe(feed, segment, lines[place])
    for names, columns in mapped.items():
        _describe_mapped(feed, names, columns, lines)
    if not feed.tables:
        return ()
    readings = [cache(table.read) for table in feed.tables]  # most segments list the same texts, in some order
    texts = [tuple([segment.texts[table.column] for table in feed.tables]) for segment in segments]
    tables = {listed: _tables(readings, listed) for listed in dict.fromkeys(texts)}
    lying = {listed: address(table) for listed, table in tables.items()}
    lines[:, machine.TABLES] = [lying[listed] for listed in texts]
    return tables


def _width(program: Program) -> int:
    """Facts of a segment with its columns, of which each may be counted from one that the program does not read."""
    columns = max((len(feed.columns) for feed in program.feeds), default=0)
    return machine.COLUMNS + machine.COLUMN_FACTS * 2 * columns


def _tables(readings: Sequence[Callable[[str], int]], texts: Sequence[Sequence[str]]) -> Integers:
    """Where each table begins, then the tables: what a text's code stands for in one expression."""
    starts: list[int] = []
    values: list[int] = []
    for reading, listed in zip(readings, texts, strict=True):
        starts.append(len(readings) + len(values))
        values += map(reading, listed)
    return np.array(starts + values, np.int64)


def _describe_mapped(
    feed: FeedProgram, names: Sequence[str], columns: Mapping[int, MappedColumns], lines: Integers
) -> None:
    """Some lines, by place: of segments of hot files that hold the same columns, whose facts are taken all at once."""
    places = [*columns]
    told = np.stack([one.facts for one in columns.values()])
    origins = np.array([one.origin for one in columns.values()])
    ours, theirs = _OF_SEGMENTS
    lines[np.ix_(places, ours)] = told[:, theirs]
    ours, theirs = _PLACES_OF_SEGMENTS
    lines[np.ix_(places, ours)] = _addresses(told[:, theirs], origins[:, None])
    described = told[:, hot.SEGMENT_FACTS :].reshape(len(columns), len(names), hot.COLUMN_FACTS)
    own = [names.index(name) for name in feed.columns]
    bases = np.unique(described[:, own, hot.BASE])
    wanted = [*own, *(base for base in bases.tolist() if base >= 0 and base not in own)]
    number = np.full(len(names) + 1, -1)  # the last is found by -1
    number[wanted] = np.arange(len(wanted))
    taken = described[:, wanted]
    made = np.empty((*taken.shape[:2], machine.COLUMN_FACTS), np.int64)
    made[:, :, machine.KIND] = np.where(taken[:, :, hot.TABLE] >= 0, machine.TABLE1, _KINDS[taken[:, :, hot.WIDTH]])
    made[:, :, machine.BASE] = number[taken[:, :, hot.BASE]]
    ours, theirs = _OF_COLUMNS
    made[:, :, ours] = taken[:, :, theirs]
    ours, theirs = _PLACES_OF_COLUMNS
    made[:, :, ours] = _addresses(taken[:, :, theirs], origins[:, None, None])
    facts = made.reshape(len(places), -1)
    lines[places, machine.COLUMNS : machine.COLUMNS + facts.shape[1]] = facts


def _addresses(places: Integers, origins: Integers) -> Integers:
    found: Integers = np.where(places >= 0, places + origins, 0)
    return found


def _describe(feed: FeedProgram, segment: Segment, line: Integers) -> None:
    """The line of a segment in memory."""
    line[machine.ENTERPRISES], line[machine.FIRST_ENTERPRISE] = segment.enterprises, segment.first
    line[machine.OFFSETS], line[machine.KNOWN_BY] = address(segment.offsets), segment.newest()
    if segment.within is not None:
        line[machine.WITHIN], line[machine.WITHIN_WIDTH] = address(segment.within), segment.within.itemsize
    columns = {name: segment.columns[name] for name in feed.columns}
    for column in list(columns.values()):
        if isinstance(column, Packed) and column.base is not None:
            columns.setdefault(column.base, segment.columns[column.base])
    places = {name: place for place, name in enumerate(columns)}
    told: list[int] = []  # written at once: numpy takes as long for one number as for a column's
    for column in columns.values():
        told += _described(column, places)
    line[machine.COLUMNS : machine.COLUMNS + len(told)] = told


def _described(column: Column | Packed, places: Mapping[str, int]) -> tuple[int, ...]:
    """The facts of one column, in the order of the machine's names for them."""
    if not isinstance(column, Packed):
        return (address(column), _WIDTHS[column.dtype], -1, 0, 0, 0, 0, 0, 0)
    kind = machine.TABLE1 if column.table.size else _CODED[column.width]
    base = -1 if column.base is None else places[column.base]
    told = (address(column.codes), kind, base, column.offset, column.step, address(column.table))
    return (*told, column.rows.size, address(column.rows), address(column.values))
