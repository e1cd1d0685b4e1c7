"""Hot files: a header in JSON, then sections of numbers that are mapped as they lie.

Bytes 0-7 the mark, 8-15 the header's length, the header, then each section at a multiple of 8 bytes.
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from features.lake.hot.segment import Segment

MARK = b"BUREAUH1"
OFFSETS = "offsets"


def write_segment(segment: Segment, path: Path, facts: dict[str, Any]) -> None:
    """Write a segment under another name, then rename. facts: what it was made from, kept in the header."""
    sections: dict[str, npt.NDArray[Any]] = {OFFSETS: segment.offsets, **segment.columns}
    header = json.dumps(
        {**facts, "first": segment.first, "texts": segment.texts, "sections": _places(sections)}, ensure_ascii=False
    ).encode()
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
    columns = {
        name: memory[start + place : start + place + size].view(kind)
        for name, (kind, place, size) in header["sections"].items()
    }
    offsets = columns.pop(OFFSETS)
    return Segment(header["first"], offsets, columns, {name: tuple(texts) for name, texts in header["texts"].items()})


def _places(sections: dict[str, npt.NDArray[Any]]) -> dict[str, tuple[str, int, int]]:
    """Type, place after the header's end rounded up to 8, and bytes of each section."""
    places, place = {}, 0
    for name, values in sections.items():
        places[name] = (values.dtype.str, place, values.nbytes)
        place += values.nbytes + -values.nbytes % 8
    return places
