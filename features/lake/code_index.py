"""Codes in memory: a sorted list of every enterprise's code beside its number, brought up to date before each use."""

from functools import lru_cache
from threading import Lock

import numpy as np
import polars as pl
import pyarrow as pa
from sqlalchemy import select

from features.lake.catalogue import read_frame
from features.lake.lake import Lake
from features.lake.tables import EnterpriseRow

_BYTES = 18
_WIDTH = f"S{_BYTES}"


class CodeIndex:
    """The committed codes of one lake: 22 bytes each, found by halving. May be asked from many threads at once."""

    def __init__(self, lake: Lake) -> None:
        self._lake, self._lock = lake, Lock()
        self._codes, self._numbers = np.empty(0, _WIDTH), np.empty(0, np.int32)
        self._last = 0

    def find(self, codes: pl.Series) -> pl.Series:
        """The number (int32) of each code of 18 bytes; null for one nobody has, or not yet committed."""
        known, numbers = self._refreshed()
        wanted = _as_bytes(codes)
        if not len(known) or not len(wanted):
            return pl.Series("enterprise_id", [None] * len(wanted), dtype=pl.Int32)
        place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        found = known[place] == wanted
        return pl.Series("enterprise_id", numbers[place]).zip_with(pl.Series(found), pl.Series([None], dtype=pl.Int32))

    def listed(self, last: int) -> pl.DataFrame:
        """The codes of the enterprises up to number `last`, by number: `enterprise_id`, `uscc`."""
        codes, numbers = self._refreshed()
        places = np.full(int(numbers.max(initial=0)) + 1, -1, np.int32)  # by number: faster than sorting them
        places[numbers] = np.arange(len(numbers), dtype=np.int32)
        listed = np.flatnonzero(places[: last + 1] >= 0)
        letters = pa.py_buffer(codes.take(places[listed]))
        fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(codes.itemsize), len(listed), [None, letters])
        told = {"enterprise_id": listed, "uscc": pl.from_arrow(fixed.cast(pa.binary()).cast(pa.string()))}
        return pl.DataFrame(told, schema={"enterprise_id": pl.Int32, "uscc": pl.String})

    def _refreshed(self) -> tuple[np.ndarray, np.ndarray]:
        """Numbers are given in order and never again, so what is new has a higher number than all before."""
        with self._lock:
            query = select(EnterpriseRow.uscc, EnterpriseRow.id).where(EnterpriseRow.id > self._last)
            with self._lake.catalogue.connect() as connection:
                new = read_frame(connection, query, {"uscc": pl.String, "enterprise_id": pl.Int32}).sort("uscc")
            if not new.is_empty():
                codes, numbers = _as_bytes(new["uscc"]), new["enterprise_id"].to_numpy()
                place = np.searchsorted(self._codes, codes)
                self._codes = np.insert(self._codes, place, codes)
                self._numbers = np.insert(self._numbers, place, numbers)
                self._last = int(numbers.max())
            return self._codes, self._numbers


def _as_bytes(codes: pl.Series) -> np.ndarray:
    """Codes as fixed bytes, by way of Arrow: as Python's own texts a city's take four times the room."""
    fixed = codes.to_arrow().cast(pa.string()).cast(pa.binary()).cast(pa.binary(_BYTES))
    return np.frombuffer(fixed.buffers()[1], _WIDTH, len(fixed), _BYTES * fixed.offset)


@lru_cache(maxsize=4)
def code_index(lake: Lake) -> CodeIndex:
    """The index of a lake, kept while the process lives."""
    return CodeIndex(lake)
