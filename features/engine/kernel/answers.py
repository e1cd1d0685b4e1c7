"""The machine's answer as columns: unknown is null, what is known stays where it lies."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def columns(out: npt.NDArray[np.float64]) -> list[pa.Array]:
    """A column of float64 for each row of an answer, whose memory they share; NaN becomes null."""
    features, size = out.shape
    known = np.zeros((features, -(-size // 64) * 64), np.bool_)
    np.equal(out, out, out=known[:, :size])
    packed = np.packbits(known, axis=1, bitorder="little")
    unknown = size - np.bitwise_count(packed).sum(axis=1, dtype=np.int64)
    values, marks = pa.py_buffer(out), pa.py_buffer(packed)
    width = packed.shape[1]
    return [
        pa.Array.from_buffers(
            pa.float64(),
            size,
            [marks.slice(n * width, width) if nulls else None, values.slice(n * size * 8, size * 8)],
            nulls,
        )
        for n, nulls in enumerate(unknown.tolist())
    ]
