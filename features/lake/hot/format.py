"""Hot files: segments one after the other, each a header in JSON, then facts and sections that are mapped as they lie.

Of a segment bytes 0-7 are the mark, 8-15 the header's length, then come the header, the facts and each section, all of
them from a multiple of 8 bytes on. Facts are 64-bit numbers, those of the segment and then those of each column: a
pass binds thousands of segments, and takes the facts of all at once.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from features.lake.hot.packing import TYPES, Packed, address
from features.lake.hot.segment import STRIDE, Column, Segment, widen

MARK = b"BUREAUH4"
FIRST, ENTERPRISES, ALL_ROWS, OFFSETS, WITHIN, WITHIN_WIDTH, KNOWN_BY = range(7)
"""Facts of a segment. Where a section begins is counted from the first fact on, and -1 where there is none."""
SEGMENT_FACTS = 7
WIDTH, OFFSET, STEP, BASE, CODES, TABLE, LISTED, EXCEPTIONS, ROWS, VALUES = range(10)
"""Facts of a column. BASE: the place of the one it is counted from, or -1. LISTED, EXCEPTIONS: how many there are."""
COLUMN_FACTS = 10

Facts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class MappedColumns(Mapping[str, Packed]):
    """The columns of a mapped segment, each made when it is asked for: the machine asks only for the facts.

    memory: of the file. start: where in it the facts begin. origin: the same as an address. names: in their order.
    facts: of the segment, then of the columns.
    """

    memory: npt.NDArray[np.uint8]
    start: int
    origin: int
    names: tuple[str, ...]
    facts: Facts

    def __getitem__(self, name: str) -> Packed:
        if name not in self.names:
            raise KeyError(name)
        of_columns = self.facts[SEGMENT_FACTS:].reshape(-1, COLUMN_FACTS)
        line: list[int] = of_columns[self.names.index(name)].tolist()
        width, rows = line[WIDTH], int(self.facts[ALL_ROWS])
        return Packed(
            width=width,
            codes=self.section(line[CODES], TYPES[width], {0: 0, 3: 3 * rows}.get(width, rows)),
            offset=line[OFFSET],
            step=line[STEP],
            base=None if line[BASE] < 0 else self.names[line[BASE]],
            table=self.section(line[TABLE], np.int64, line[LISTED]),
            rows=self.section(line[ROWS], np.uint32, line[EXCEPTIONS]),
            values=self.section(line[VALUES], np.int64, line[EXCEPTIONS]),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def section(self, place: int, kind: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
        """So many numbers from a place on."""
        if place < 0 or not count:
            return np.empty(0, kind)
        start, width = self.start + place, np.dtype(kind).itemsize
        return self.memory[start : start + count * width].view(kind)


def write_segments(segments: Iterable[Segment], path: Path, facts: dict[str, Any]) -> None:
    """Write segments under another name, then rename. facts: what they were made from, kept in their headers."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        for segment in segments:
            _write(file, segment, facts)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def map_segments(path: Path) -> list[Segment]:
    """Written segments, mapped: their pages are read when they are touched, and stay while one of them is held."""
    memory = np.memmap(path, np.uint8, "r").view(np.ndarray)
    start, segments, place = address(memory), [], 0
    while place < memory.size:
        segment, place = _mapped(memory, start, place, path)
        segments.append(segment)
    return segments


def _write(file: BinaryIO, segment: Segment, facts: dict[str, Any]) -> None:
    columns = {name: _packed(column) for name, column in segment.columns.items()}
    laid = _Layout(8 * (SEGMENT_FACTS + COLUMN_FACTS * len(columns)))
    numbers = _segment_facts(segment, laid)
    for column in columns.values():
        numbers += _column_facts(column, tuple(columns), laid)
    told = {"size": laid.size, "texts": segment.texts, "names": tuple(columns)}
    header = json.dumps({**facts, **told}, ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    file.write(MARK + len(header).to_bytes(8, "little") + header)
    file.write(np.array(numbers, np.int64).data)
    for values in laid.sections:
        file.write(values.data)
        file.write(b"\0" * (-values.nbytes % 8))


class _Layout:
    """Sections as they will follow each other. size: of the facts and all sections so far."""

    def __init__(self, facts: int) -> None:
        self.size = facts
        self.sections: list[npt.NDArray[Any]] = []

    def place(self, values: npt.NDArray[Any] | None) -> int:
        """Where a section begins; -1 where it holds nothing."""
        if values is None or not values.size:
            return -1
        begins = self.size
        self.sections.append(values)
        self.size += values.nbytes + -values.nbytes % 8
        return begins


def _segment_facts(segment: Segment, laid: _Layout) -> list[int]:
    offsets, within = laid.place(segment.offsets), laid.place(segment.within)
    width = 0 if segment.within is None else segment.within.itemsize
    return [segment.first, segment.enterprises, segment.rows, offsets, within, width, segment.newest()]


def _column_facts(column: Packed, names: tuple[str, ...], laid: _Layout) -> list[int]:
    base = -1 if column.base is None else names.index(column.base)
    codes, table, listed = laid.place(column.codes), laid.place(column.table), column.table.size
    rows, values = laid.place(column.rows), laid.place(column.values)
    return [
        *(column.width, column.offset, column.step, base),
        *(codes, table, listed, column.rows.size, rows, values),
    ]


def _mapped(memory: npt.NDArray[np.uint8], address: int, place: int, path: Path) -> tuple[Segment, int]:
    """The segment at a place of a file's memory, and where it ends."""
    if bytes(memory[place : place + 8]) != MARK:
        raise ValueError(f"{path} is no hot file.")
    start = place + 16 + int.from_bytes(bytes(memory[place + 8 : place + 16]), "little")
    header = json.loads(memory[place + 16 : start].tobytes().decode())
    names = tuple(header["names"])
    facts = memory[start : start + 8 * (SEGMENT_FACTS + COLUMN_FACTS * len(names))].view(np.int64)
    columns = MappedColumns(memory, start, address + start, names, facts)
    texts = {name: tuple(listed) for name, listed in header["texts"].items()}
    first, enterprises, _rows, offsets, within, width, known_by = facts[:SEGMENT_FACTS].tolist()
    segment = Segment(
        first=first,
        offsets=columns.section(offsets, np.uint32, -(-(enterprises + 1) // STRIDE) if width else enterprises + 1),
        columns=columns,
        texts=texts,
        within=columns.section(within, TYPES[width], enterprises + 1) if width else None,
        known_by=known_by,
    )
    return segment, start + header["size"]


def _packed(column: Column | Packed) -> Packed:
    return column if isinstance(column, Packed) else Packed(8, widen(column))
