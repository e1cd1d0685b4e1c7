"""Scores and exact reasons of many rows at once, in columns: the same numbers as one by one, without sentences."""

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from models.reasons import ReasonCodes
from models.scoring import ScoringModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def score_frame(model: ScoringModel, frame: pl.DataFrame) -> pl.DataFrame:
    """raw, pd, score, grade, base_points, reasons and other_points of every row.

    base_points + the points of the reasons + other_points = score. A reason has its code, its points, and of the
    feature that pulls hardest the name and the value (null where unknown or a category); adverse ones come first.
    Raises `ContributionsDisagree` where one row's parts miss its score.
    """
    matrix = model.columns.matrix(frame)
    raw, points, base = model.points(matrix)
    log_odds = model.calibration.intercept + model.calibration.slope * raw
    pd = 1.0 / (1.0 + np.exp(-log_odds))
    exact_base = np.fromiter(map(model.scale.points, base.tolist()), np.float64, len(base))
    scores, base_points = model.scale.scores(log_odds), np.rint(exact_base).astype(np.int64)
    matrix[:, list(model.columns.categorical)] = np.nan
    told, reasons = _reasons(model.codes, matrix, points)
    grades = pl.Series([band.grade for band in model.scale.grades])
    return pl.DataFrame(
        {
            "raw": raw,
            "pd": pd,
            "score": pl.Series(scores, dtype=pl.Int32),
            "grade": grades.gather(pl.Series(model.scale.bands(pd))),
            "base_points": pl.Series(base_points, dtype=pl.Int32),
            "reasons": reasons,
            "other_points": pl.Series(scores - base_points - told.sum(axis=1), dtype=pl.Int32),
        }
    )


def _reasons(codes: ReasonCodes, matrix: Floats, points: Floats) -> tuple[Ints, pl.Series]:
    """Points (n, told), 0 where fewer are told, with the reasons themselves as a list for each row.

    matrix: the values that are told, nan where none is.
    """
    found = codes.principal(points)
    leaders = found.pulling[:, :, 0]
    values = np.take_along_axis(matrix, leaders, axis=1)
    return found.points, _listed(codes, found.codes >= 0, (found.codes, found.points, leaders, values))


def _listed(codes: ReasonCodes, counted: Mask, found: tuple[Ints, Ints, Ints, Floats]) -> pl.Series:
    """A list for each row of {code, points, feature, value}, without the places that do not count."""
    chosen, told, leaders, values = (column[counted] for column in found)
    rows = pa.StructArray.from_arrays(
        [
            pa.array(codes.codes, pa.string()).take(pa.array(chosen)),
            pa.array(told, pa.int16()),
            pa.array([word.name for word in codes.words], pa.string()).take(pa.array(leaders)),
            pa.array(values, from_pandas=True),
        ],
        names=["code", "points", "feature", "value"],
    )
    ends = np.concatenate([[0], np.cumsum(counted.sum(axis=1))])
    return pl.Series(pl.from_arrow(pa.ListArray.from_arrays(pa.array(ends, pa.int32()), rows)))
