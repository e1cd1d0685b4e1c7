"""Hot files: segments one after the other, each a header in JSON, then sections of numbers that are mapped as they lie.

Of a segment bytes 0-7 are the mark, 8-15 the header's length, then come the header and each section, all of them from a
multiple of 8 bytes on.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from features.lake.hot.packing import Lying, Packed, address
from features.lake.hot.segment import Column, Segment, widen

MARK = b"BUREAUH3"
OFFSETS, WITHIN = "offsets", "within"
_ROW_BYTES = 4
_PARTS = ("codes", "table", "rows", "values")
_EMPTY = ("<i8", 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class MappedColumns(Mapping[str, Packed]):
    """The columns of a mapped segment, each made when it is asked for: the machine asks only where they lie.

    memory: of the file, at `address`. start: where in it the sections begin. facts, sections: as the header tells.
    """

    memory: npt.NDArray[np.uint8]
    address: int
    start: int
    facts: Mapping[str, tuple[int, int, int, str | None]]
    sections: Mapping[str, tuple[str, int, int]]

    def __getitem__(self, name: str) -> Packed:
        width, offset, step, base = self.facts[name]
        codes, table, rows, values = (self.section(label) for label in _labels(name))
        return Packed(width, codes, offset, step, base, table, rows, values)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def section(self, label: str) -> npt.NDArray[Any]:
        kind, place, size = self.sections.get(label, _EMPTY)
        return self.memory[self.start + place : self.start + place + size].view(kind)

    def lying(self, name: str) -> Lying:
        """Where a column lies."""
        told, start = self.sections.get, self.address + self.start
        codes, table, rows, values = [told(label, _EMPTY) for label in _labels(name)]
        return Lying(
            *self.facts[name],
            start + codes[1] if codes[2] else 0,
            start + table[1] if table[2] else 0,
            rows[2] // _ROW_BYTES,
            start + rows[1] if rows[2] else 0,
            start + values[1] if values[2] else 0,
        )


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
    sections: dict[str, npt.NDArray[Any]] = {OFFSETS: segment.offsets}
    if segment.within is not None:
        sections[WITHIN] = segment.within
    columns = {name: _packed(column) for name, column in segment.columns.items()}
    for name, column in columns.items():
        parts = {label: getattr(column, part) for label, part in zip(_labels(name), _PARTS, strict=True)}
        sections |= {label: values for label, values in parts.items() if values.size}
    places, size = _places(sections)
    told = {
        "size": size,
        "first": segment.first,
        "texts": segment.texts,
        "columns": {name: (one.width, one.offset, one.step, one.base) for name, one in columns.items()},
        "sections": places,
    }
    header = json.dumps({**facts, **told}, ensure_ascii=False).encode()
    header += b" " * (-len(header) % 8)
    file.write(MARK + len(header).to_bytes(8, "little") + header)
    for values in sections.values():
        file.write(values.data)
        file.write(b"\0" * (-values.nbytes % 8))


def _mapped(memory: npt.NDArray[np.uint8], address: int, place: int, path: Path) -> tuple[Segment, int]:
    """The segment at a place of a file's memory, and where it ends."""
    if bytes(memory[place : place + 8]) != MARK:
        raise ValueError(f"{path} is no hot file.")
    start = place + 16 + int.from_bytes(bytes(memory[place + 8 : place + 16]), "little")
    header = json.loads(memory[place + 16 : start].tobytes().decode())
    columns = MappedColumns(memory, address, start, header["columns"], header["sections"])
    texts = {name: tuple(listed) for name, listed in header["texts"].items()}
    within = columns.section(WITHIN) if WITHIN in columns.sections else None
    return Segment(header["first"], columns.section(OFFSETS), columns, texts, within), start + header["size"]


@cache
def _labels(column: str) -> tuple[str, ...]:
    """What the sections of a column are called."""
    return tuple(f"{column}.{part}" for part in _PARTS)


def _packed(column: Column | Packed) -> Packed:
    return column if isinstance(column, Packed) else Packed(8, widen(column))


def _places(sections: dict[str, npt.NDArray[Any]]) -> tuple[dict[str, tuple[str, int, int]], int]:
    """Type, place after the header's end, and bytes of each section; and the bytes of all."""
    places, place = {}, 0
    for name, values in sections.items():
        places[name] = (values.dtype.str, place, values.nbytes)
        place += values.nbytes + -values.nbytes % 8
    return places, place
