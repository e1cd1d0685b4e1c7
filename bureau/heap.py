"""What a process freed and still holds: given back to the system, so that one large work does not weigh on the next."""

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Return freed memory to the system.

    Much that was allocated in small pieces, such as the directories of many Parquet files, stays with the process
    otherwise: glibc gives back by itself only what lies at the end of its heap. Elsewhere only Arrow's pool is emptied.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
