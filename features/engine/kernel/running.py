"""Run a program: bind it to segments, and hand the machine the rows wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.engine.kernel import machine
from features.engine.kernel.program import FeedProgram, Integers, Program
from features.lake.hot.format import MappedColumns
from features.lake.hot.packing import Lying, Packed, address, lying
from features.lake.hot.segment import Column, Segment

Floats = npt.NDArray[np.float64]
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
NOTHING_CITED = np.zeros((1, machine.CITED_FACTS), np.int64)
"""For programs that cite no records."""
CHUNK, ROOM = 256, 1_024
"""Spine rows whose cells are held at once, and record rows of a block: measured, fewer cost more turns than the core's
own cache saves, more save none."""


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
class Spine:
    """Rows wanted. enterprises: numbers, -1 nobody. known_on: the day each was first known. day_of: row of the day.

    order: in which rows are computed; days and bounds: from `Program.day_facts`.
    """

    enterprises: Integers
    known_on: Integers
    day_of: Integers
    order: Integers
    days: Integers
    bounds: Integers

    def of(self, places: Integers) -> "Spine":
        """Some rows alone, in the order given."""
        return Spine(
            enterprises=self.enterprises[places],
            known_on=self.known_on[places],
            day_of=self.day_of[places],
            order=np.arange(len(places)),
            days=self.days,
            bounds=self.bounds,
        )

    def in_order(self, order: Integers) -> "Spine":
        """The same rows, of which those in `order` are computed."""
        return replace(self, order=order)


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
    facts: list[Integers] = []
    held: list[object] = []
    # A column may be counted from one that the program does not read.
    columns = 2 * max((len(feed.columns) for feed in program.feeds), default=0)
    width = machine.COLUMNS + machine.COLUMN_FACTS * columns
    for number, feed in enumerate(program.feeds):
        given = rows[feed.contract.code]
        feeds[number, machine.BUCKETS] = given.buckets or len(given.segments)
        feeds[number, machine.FIRST_SEGMENT] = len(facts) - given.first
        feeds[number, machine.CONNECTED] = given.connected_on
        for segment in given.segments:
            line, tables = segment_facts(feed, segment, width)
            facts.append(line)
            held += [segment, tables]
    return Bound(program, feeds, np.array(facts, np.int64).reshape(len(facts), width), tuple(held))


def segment_facts(feed: FeedProgram, segment: Segment, width: int) -> tuple[Integers, Integers]:
    """What the machine is told of a segment, and the tables its codes are looked up in, which must be kept."""
    tables = _tables(feed, segment)
    line = np.zeros(width, np.int64)
    line[machine.ENTERPRISES], line[machine.FIRST_ENTERPRISE] = segment.enterprises, segment.first
    line[machine.OFFSETS], line[machine.TABLES] = address(segment.offsets), address(tables)
    if segment.within is not None:
        line[machine.WITHIN], line[machine.WITHIN_WIDTH] = address(segment.within), segment.within.itemsize
    columns = {name: _lying(segment, name) for name in feed.columns}
    for column in list(columns.values()):
        if isinstance(column, Lying) and column.base is not None and column.base not in columns:
            columns[column.base] = _lying(segment, column.base)
    places = {name: place for place, name in enumerate(columns)}
    told: list[int] = []  # written at once: numpy takes as long for one number as for a column's
    for column in columns.values():
        told += _described(column, places)
    line[machine.COLUMNS : machine.COLUMNS + len(told)] = told
    return line, tables


def _lying(segment: Segment, name: str) -> Column | Lying:
    if isinstance(segment.columns, MappedColumns):
        return segment.columns.lying(name)
    column = segment.columns[name]
    return lying(column) if isinstance(column, Packed) else column


def _described(column: Column | Lying, places: Mapping[str, int]) -> tuple[int, ...]:
    """The facts of one column, in the order of the machine's names for them."""
    if not isinstance(column, Lying):
        return (address(column), _WIDTHS[column.dtype], -1, 0, 0, 0, 0, 0, 0)
    width, offset, step, base, codes, table, exceptions, rows, values = column
    kind = machine.TABLE1 if table else _CODED[width]
    return (codes, kind, -1 if base is None else places[base], offset, step, table, exceptions, rows, values)


def _tables(feed: FeedProgram, segment: Segment) -> Integers:
    """Where each table begins, then the tables: what a text's code stands for in one expression."""
    starts: list[int] = []
    values: list[int] = []
    for table in feed.tables:
        starts.append(len(feed.tables) + len(values))
        values += [table.read(text) for text in segment.texts[table.column]]
    return np.array(starts + values, np.int64)


def arguments(bound: Bound) -> tuple[object, ...]:
    """The program as the machine takes it."""
    program = bound.program
    return (
        bound.feeds,
        program.steps,
        program.aggregates,
        program.finish,
        program.constants,
        program.literals,
        program.outputs,
        program.registers,
    )


def run(bound: Bound, spine: Spine, out: Floats) -> None:
    """Fill `out` (features, spine rows): NaN is unknown, a category its place in the list."""
    given = (spine.enterprises, spine.known_on, spine.day_of, spine.order)
    # Arrow's memory may not be written, and Numba would compile the machine once more for that.
    rows = (*(np.require(numbers, np.int64, ["C", "W"]) for numbers in given), spine.days, spine.bounds)
    machine.compute(arguments(bound), bound.segments, rows, CHUNK, ROOM, out, NOTHING_CITED)
