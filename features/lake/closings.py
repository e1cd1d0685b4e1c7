"""When stored rows ended, where that is said in files of its own and not yet in the rows themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Integers = npt.NDArray[np.int64]

NO_END = np.iinfo(np.int64).min
"""Instead of an instant, of a row that has not ended."""


@dataclass(frozen=True)
class Closings:
    """Which stored rows ended when (microseconds), by row."""

    rows: Integers
    ends: Integers

    def applied(self, ends: Integers, row_nos: Integers) -> Integers:
        """The ends of some rows: what the rows say themselves or what is said here, whichever is earlier."""
        at = np.minimum(np.searchsorted(self.rows, row_nos), len(self.rows) - 1)
        ended = np.flatnonzero(self.rows[at] == row_nos)
        told, applied = self.ends[at[ended]], np.array(ends)
        applied[ended] = np.where(ends[ended] == NO_END, told, np.minimum(ends[ended], told))
        return applied


def read_closings(paths: Sequence[Path]) -> Closings | None:
    """When stored rows ended, by row; None where no file says so."""
    if not paths:
        return None
    ends = pl.scan_parquet(list(paths)).group_by("row_no").agg(pl.col("closed_at").min()).sort("row_no").collect()
    return None if ends.is_empty() else Closings(ends["row_no"].to_numpy(), ends["closed_at"].to_numpy())
