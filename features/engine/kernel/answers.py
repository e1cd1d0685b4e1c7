"""The machine's answer as columns: unknown is null, what is known stays where it lies."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_AT_ONCE = 2**20
"""Cells that are looked through at once: what is made of each on the way stays in the core's own cache."""


def columns(out: npt.NDArray[np.float64]) -> list[pa.Array]:
    """A column of float64 for each row of an answer, whose memory they share; NaN becomes null."""
    features, size = out.shape
    width = -(-size // 64) * 8  # bytes of a column's marks: Arrow reads them by eight
    packed = np.zeros((features, width), np.uint8)
    step = max(1, _AT_ONCE // max(size, 1))
    for start in range(0, features, step):
        part = out[start : start + step]
        packed[start : start + step, : -(-size // 8)] = np.packbits(part == part, axis=1, bitorder="little")
    unknown = size - np.bitwise_count(packed).sum(axis=1, dtype=np.int64)
    values, marks = pa.py_buffer(out), pa.py_buffer(packed)
    return [
        pa.Array.from_buffers(
            pa.float64(),
            size,
            [marks.slice(n * width, width) if nulls else None, values.slice(n * size * 8, size * 8)],
            nulls,
        )
        for n, nulls in enumerate(unknown.tolist())
    ]
