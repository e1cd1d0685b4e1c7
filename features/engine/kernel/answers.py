"""The machine's answer as columns: unknown is null, what is known stays where it lies."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bureau.compiling import compiled


def columns(out: npt.NDArray[np.float64]) -> list[pa.Array]:
    """A column of float64 for each row of an answer, whose memory they share; NaN becomes null."""
    features, size = out.shape
    known = np.zeros((features, -(-size // 64) * 8), np.uint8)
    unknown = np.empty(features, np.int64)
    _mark_known(out, known, unknown)
    values, marks = pa.py_buffer(out), pa.py_buffer(known)
    width = known.shape[1]
    return [
        pa.Array.from_buffers(
            pa.float64(),
            size,
            [marks.slice(n * width, width) if nulls else None, values.slice(n * size * 8, size * 8)],
            nulls,
        )
        for n, nulls in enumerate(unknown.tolist())
    ]


@compiled
def _mark_known(out: Any, known: Any, unknown: Any) -> None:
    """A bit for each value that is no NaN, the first in the lowest, and how many others there are."""
    for n in range(out.shape[0]):
        count = 0
        for start in range(0, out.shape[1], 8):
            bits = 0
            for place in range(min(8, out.shape[1] - start)):
                is_known = out[n, start + place] == out[n, start + place]
                bits |= is_known << place
                count += not is_known
            known[n, start // 8] = bits
        unknown[n] = count
