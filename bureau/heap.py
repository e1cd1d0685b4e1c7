"""A process's memory: what it freed goes back to the system, what it holds for good is not looked through again."""

import ctypes
import gc

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


def hold_for_good() -> None:
    """Take all that is held now out of the collector's rounds, after one last of them.

    For a process that has loaded what it will answer from. Its collector would otherwise go through modules, models and
    catalogues, half a million objects that never become garbage, every few seconds, while everybody waits.
    """
    gc.collect()
    gc.freeze()


def let_go() -> None:
    """Take it in again, before the process ends: what libraries find still held then, they call leaked."""
    gc.unfreeze()
