"""Hot files: a header in JSON, then sections of numbers that are mapped as they lie.

Bytes 0-7 the mark, 8-15 the header's length, the header, then each section at a multiple of 8 bytes.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from features.lake.hot.packing import Packed
from features.lake.hot.segment import Column, Segment, widen

MARK = b"BUREAUH2"
OFFSETS, WITHIN = "offsets", "within"
_PARTS = ("codes", "table", "rows", "values")


def write_segment(segment: Segment, path: Path, facts: dict[str, Any]) -> None:
    """Write a segment under another name, then rename. facts: what it was made from, kept in the header."""
    sections: dict[str, npt.NDArray[Any]] = {OFFSETS: segment.offsets}
    if segment.within is not None:
        sections[WITHIN] = segment.within
    columns = {name: _packed(column) for name, column in segment.columns.items()}
    for name, column in columns.items():
        parts = {f"{name}.{part}": getattr(column, part) for part in _PARTS}
        sections |= {label: values for label, values in parts.items() if values.size}
    told = {
        "first": segment.first,
        "texts": segment.texts,
        "columns": {name: (one.width, one.offset, one.step, one.base) for name, one in columns.items()},
        "sections": _places(sections),
    }
    header = json.dumps({**facts, **told}, ensure_ascii=False).encode()
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        file.write(MARK + len(header).to_bytes(8, "little") + header)
        for values in sections.values():
            file.write(b"\0" * (-file.tell() % 8))
            values.tofile(file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def map_segment(path: Path) -> Segment:
    """A written segment, mapped: its pages are read when they are touched, and stay while it is held."""
    memory = np.memmap(path, np.uint8, "r")
    if bytes(memory[:8]) != MARK:
        raise ValueError(f"{path} is no hot file.")
    start = 16 + int.from_bytes(bytes(memory[8:16]), "little")
    header = json.loads(bytes(memory[16:start]))
    start += -start % 8
    sections = {
        name: memory[start + place : start + place + size].view(kind)
        for name, (kind, place, size) in header["sections"].items()
    }
    columns = {name: _column(sections, name, facts) for name, facts in header["columns"].items()}
    texts = {name: tuple(listed) for name, listed in header["texts"].items()}
    return Segment(header["first"], sections[OFFSETS], columns, texts, sections.get(WITHIN))


def _packed(column: Column | Packed) -> Packed:
    return column if isinstance(column, Packed) else Packed(8, widen(column))


def _column(sections: dict[str, Any], name: str, facts: tuple[int, int, int, str | None]) -> Packed:
    nothing = np.empty(0, np.int64)
    codes, table, rows, values = (sections.get(f"{name}.{part}", nothing) for part in _PARTS)
    return Packed(facts[0], codes, facts[1], facts[2], facts[3], table, rows, values)


def _places(sections: dict[str, npt.NDArray[Any]]) -> dict[str, tuple[str, int, int]]:
    """Type, place after the header's end rounded up to 8, and bytes of each section."""
    places, place = {}, 0
    for name, values in sections.items():
        places[name] = (values.dtype.str, place, values.nbytes)
        place += values.nbytes + -values.nbytes % 8
    return places
