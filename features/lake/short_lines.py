"""Lines of a CSV file that ended before their last cell: what they lack was lost on the way, and is not unknown."""

import re
from typing import Any

import numpy as np
import polars as pl

CUT = "[此行缺格]"
"""Stands in the cells that a line lacks; a row that holds it goes on waiting for the department's whole one."""
_COMMA, _NEWLINE, _RETURN, _QUOTE = b',\n\r"'
_QUOTED = re.compile(rb'(^|,)"(?:[^"]|"")*"')
_BLOCK = 2**20
"""Bytes gone through at once: what stays in the processor's cache."""


def as_lines_say(frame: pl.DataFrame, content: bytes) -> pl.DataFrame:
    """The rows polars read of a CSV file, without those of empty lines, and with the cells that lines lack as `CUT`.

    polars gives null for either. A file whose last cells are all known has no such line. Raises `ValueError` where
    quotes leave open what a line is.
    """
    if frame.is_empty() or not frame.to_series(-1).null_count():
        return frame
    cells = _cells_of_lines(content, frame.width)
    cells = cells[np.flatnonzero(cells)[0] + 1 :]  # without the header, which may stand below empty lines
    if len(cells) != frame.height:
        raise ValueError("its quotes do not pair.")
    told = frame.filter(pl.Series(cells > 0))
    if told.height == np.count_nonzero(cells >= frame.width):
        return told
    present = pl.Series(cells[cells > 0])
    return told.with_columns(
        pl.when(present > place).then(pl.col(name)).otherwise(pl.lit(CUT)).alias(name)
        for place, name in enumerate(told.columns)
    )


def short_lines(delivered: pl.DataFrame) -> pl.DataFrame:
    """Rows whose line ended too early: `row`, `reason`."""
    texts = [name for name, dtype in delivered.schema.items() if dtype == pl.String]
    cut = [name for name in texts if (delivered[name] == CUT).any()]
    if not cut:
        return pl.DataFrame(schema={"row": pl.UInt32, "reason": pl.String})
    present = len(texts) - pl.sum_horizontal((pl.col(name) == CUT).fill_null(False) for name in cut)
    reason = pl.format("its line has {} of {} cells", present, pl.lit(len(texts)))
    return delivered.filter(present < len(texts)).select(pl.col("row").cast(pl.UInt32), reason.alias("reason"))


def _cells_of_lines(content: bytes, width: int) -> Any:
    """How many cells each line has, int64, none where it is empty. Commas and line ends within quotes are text."""
    letters = np.frombuffer(content if content.endswith(b"\n") else content + b"\n", np.uint8)
    marks = _marks(letters)
    ends = np.flatnonzero(letters[marks] == _NEWLINE)
    cells, stops = np.diff(ends, prepend=-1), marks[ends]
    starts = np.append(0, stops[:-1] + 1)
    size = stops - starts
    cells[(size == 0) | ((size == 1) & (letters[starts] == _RETURN))] = 0
    for line in np.flatnonzero((cells > 0) & (cells < width)):
        cells[line] = _count_cells(bytes(letters[starts[line] : stops[line]]))
    return cells


def _marks(letters: Any) -> Any:
    """Where commas and line ends stand outside quotes."""
    wanted = np.zeros(256, np.bool_)
    wanted[[_COMMA, _NEWLINE, _QUOTE]] = True
    found = [
        start + np.flatnonzero(wanted[letters[start : start + _BLOCK]]) for start in range(0, len(letters), _BLOCK)
    ]
    marks = np.concatenate(found)
    quotes = letters[marks] == _QUOTE
    return marks[~quotes & (np.cumsum(quotes) % 2 == 0)]


def _count_cells(line: bytes) -> int:
    """As polars counts: a quote within a cell that does not begin with one is a letter."""
    return _QUOTED.sub(rb"\1", line).count(b",") + 1
