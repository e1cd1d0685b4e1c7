"""The three periods of sme_default's loans."""

from datetime import date
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.cross_validation import Rows
from models.sme_default.spec import SPLIT
from models.time_split import TimeSplit
from models.training import Labelled

Period = Literal["train", "calibrate", "test"]

KNOWN_SPLIT = TimeSplit(calibrate_from=date(2019, 1, 1), test_from=date(2020, 1, 1))
"""One year before the split: on the day the test begins, the outcomes of no later loans are known."""


def part(labelled: Labelled, period: Period, split: TimeSplit = SPLIT) -> Rows:
    """The rows granted in one period of the split."""
    return labelled.rows.take(chosen(labelled, period, split))


def chosen(labelled: Labelled, period: Period, split: TimeSplit = SPLIT) -> NDArray[np.bool_]:
    """Which rows those are."""
    inside = labelled.frame.select(split.period(pl.col("granted_on")) == period).to_series()
    return np.asarray(inside.to_numpy(), dtype=np.bool_)


def rate_before(labelled: Labelled, split: TimeSplit = SPLIT) -> float:
    """The weighted rate of defaults among the loans granted before the test: what a constant would have said."""
    before = labelled.rows.take(~chosen(labelled, "test", split))
    return float(np.average(before.target, weights=before.weight))
