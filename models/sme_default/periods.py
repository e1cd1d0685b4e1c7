"""The three periods of sme_default's loans."""

from typing import Literal

import numpy as np
import polars as pl

from models.cross_validation import Rows
from models.sme_default.spec import SPLIT
from models.training import Labelled


def part(labelled: Labelled, period: Literal["train", "calibrate", "test"]) -> Rows:
    """The rows granted in one period of the split."""
    chosen = labelled.frame.select(SPLIT.period(pl.col("granted_on")) == period).to_series().to_numpy()
    return labelled.rows.take(np.asarray(chosen, dtype=np.bool_))
