"""Hot files: segments one after the other, each a header in JSON, then sections of numbers that are mapped as they lie.

Of a segment bytes 0-7 are the mark, 8-15 the header's length, then come the header and each section, all of them from a
multiple of 8 bytes on.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from features.lake.hot.packing import Packed
from features.lake.hot.segment import Column, Segment, widen

MARK = b"BUREAUH3"
OFFSETS, WITHIN = "offsets", "within"
_PARTS = ("codes", "table", "rows", "values")


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
    segments, place = [], 0
    while place < memory.size:
        segment, place = _mapped(memory, place, path)
        segments.append(segment)
    return segments


def _write(file: BinaryIO, segment: Segment, facts: dict[str, Any]) -> None:
    sections: dict[str, npt.NDArray[Any]] = {OFFSETS: segment.offsets}
    if segment.within is not None:
        sections[WITHIN] = segment.within
    columns = {name: _packed(column) for name, column in segment.columns.items()}
    for name, column in columns.items():
        parts = {f"{name}.{part}": getattr(column, part) for part in _PARTS}
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


def _mapped(memory: Any, place: int, path: Path) -> tuple[Segment, int]:
    """The segment at a place, and where it ends."""
    if bytes(memory[place : place + 8]) != MARK:
        raise ValueError(f"{path} is no hot file.")
    start = place + 16 + int.from_bytes(bytes(memory[place + 8 : place + 16]), "little")
    header = json.loads(bytes(memory[place + 16 : start]))
    sections = {
        name: memory[start + place : start + place + size].view(kind)
        for name, (kind, place, size) in header["sections"].items()
    }
    columns = {name: _column(sections, name, facts) for name, facts in header["columns"].items()}
    texts = {name: tuple(listed) for name, listed in header["texts"].items()}
    return Segment(header["first"], sections[OFFSETS], columns, texts, sections.get(WITHIN)), start + header["size"]


def _packed(column: Column | Packed) -> Packed:
    return column if isinstance(column, Packed) else Packed(8, widen(column))


def _column(sections: dict[str, Any], name: str, facts: tuple[int, int, int, str | None]) -> Packed:
    nothing = np.empty(0, np.int64)
    codes, table, rows, values = (sections.get(f"{name}.{part}", nothing) for part in _PARTS)
    return Packed(facts[0], codes, facts[1], facts[2], facts[3], table, rows, values)


def _places(sections: dict[str, npt.NDArray[Any]]) -> tuple[dict[str, tuple[str, int, int]], int]:
    """Type, place after the header's end, and bytes of each section; and the bytes of all."""
    places, place = {}, 0
    for name, values in sections.items():
        places[name] = (values.dtype.str, place, values.nbytes)
        place += values.nbytes + -values.nbytes % 8
    return places, place
