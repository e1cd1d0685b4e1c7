"""Texts of one width, made all at once from numpy arrays of characters."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from features.sources.city.arrays import Ints, Uints

Characters = NDArray[np.uint8]
"""(rows, width) ASCII codes."""

_HEX = np.frombuffer(bytes(range(256)).hex().encode(), dtype=np.uint16)
"""The two hexadecimal digits of each byte."""
HASH_WIDTH = 16


def texts(characters: Characters) -> pl.Series:
    """One text a row."""
    rows, width = characters.shape
    ends = np.arange(rows + 1, dtype=np.int64) * width
    content = pa.py_buffer(np.ascontiguousarray(characters))
    return pl.Series(pa.LargeStringArray.from_buffers(rows, pa.py_buffer(ends), content))


def digits(numbers: Ints, width: int) -> Ints:
    """(rows, width) the last decimal digits of each number, most significant first."""
    places: Ints = numbers[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10
    return places


def hexadecimal(numbers: Uints) -> pl.Series:
    """Each 64-bit number in 16 lower-case hexadecimal digits."""
    pairs = _HEX[numbers.astype(">u8").view(np.uint8)]
    return texts(pairs.view(np.uint8).reshape(len(numbers), HASH_WIDTH))
