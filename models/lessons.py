"""Loans outside a model's population that teach its fit and do nothing else: they neither calibrate nor judge it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.cross_validation import Rows


@dataclass(frozen=True)
class Lessons:
    """rows, and their days of grant in the same order; firms numbered as those of the population."""

    rows: Rows
    granted_on: pl.Series

    def join(self, rows: Rows, granted_on: pl.Series, chosen: NDArray[np.bool_]) -> tuple[Rows, pl.Series]:
        """Rows of the population with the chosen of these after them, and the days of all."""
        taken = self.granted_on.filter(pl.Series(chosen))
        return rows.followed_by(self.rows.take(chosen)), pl.concat([granted_on.rename("granted_on"), taken])
