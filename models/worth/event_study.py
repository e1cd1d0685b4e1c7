"""Features month by month around default: how far defaulting borrowers stand from others like them."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from features.store.training_set import training_set
from models.evaluation import NORMAL_95
from models.worth.figures import Course, Point

FEWEST = 10
"""Borrowers of each kind that must have a feature for a difference to be told."""


def follow(
    lake: Lake,
    cases: pl.DataFrame,
    names: Sequence[str],
    grant: ReadGrant,
    *,
    months: Sequence[int],
    day: date,
    tell: Callable[[int, int], None],
) -> tuple[Course, ...]:
    """Numeric features of `cases` (subject, month, defaulted) at the end of each of `months` around their month.

    Each is read as it could have been known then; months that end after `day` are not read.
    tell: hears of each month how many were read.
    """
    points: dict[str, list[Point]] = {name: [] for name in names}
    for month in months:
        as_of = pl.col("month").dt.offset_by(f"{month}mo").dt.month_end()
        asked = cases.select("subject", "defaulted", as_of=as_of).filter(pl.col("as_of") <= day)
        if not asked.height:
            continue
        read = training_set(lake, asked, names, grant).frame
        defaulted = read["defaulted"].to_numpy()
        for name in names:
            points[name].append(compare(month, read[name], defaulted))
        tell(month, asked.height)
    return tuple(Course(feature=name, points=tuple(found)) for name, found in points.items())


def compare(month: int, values: pl.Series, defaulted: NDArray[np.bool_]) -> Point:
    """The standardised difference of one month: of ranks, so that one giant's turnover does not drown the rest."""
    known = values.is_not_null().to_numpy()
    ranks = values.drop_nulls().rank("average").to_numpy()
    bad, good = ranks[defaulted[known]], ranks[~defaulted[known]]
    told: dict[str, float | None] = {"difference": None, "half": None}
    if min(len(bad), len(good)) >= FEWEST:
        bad_variance, good_variance = float(bad.var(ddof=1)), float(good.var(ddof=1))
        spread = np.sqrt((bad_variance + good_variance) / 2)
        if spread > 0:
            error = np.sqrt(bad_variance / len(bad) + good_variance / len(good))
            told["difference"] = round(float((bad.mean() - good.mean()) / spread), 4)
            told["half"] = round(float(NORMAL_95 * error / spread), 4)
    return Point(month=month, defaulted=len(bad), others=len(good), **told)
