"""Scores of the whole city as of one day, part by part from the built features."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from models.scoring import ScoringModel

_PORTION = 100_000
"""Rows scored at once: their matrix and contributions stay small whatever the city's size."""


def score_part(model: ScoringModel, built: Path, out: Path) -> int:
    """Score one part of the built features; `out` has enterprise_id, uscc, raw, pd, score, grade. Returns its rows.

    Written whole or not at all; a part that is there already is not scored again.
    """
    if out.exists():
        return int(pl.scan_parquet(out).select(pl.len()).collect().item())
    frame = pl.read_parquet(built, columns=["enterprise_id", "uscc", *model.features])
    scored = [_scored(model, part) for part in frame.iter_slices(_PORTION)] or [_scored(model, frame)]
    result = pl.concat(scored)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_suffix(".unfinished")
    result.write_parquet(unfinished, compression="zstd")
    unfinished.replace(out)
    return result.height


def score_city(model: ScoringModel, built: Sequence[Path], folder: Path) -> int:
    """Score every part of a built day into `folder`, under the names of the parts. Returns the rows."""
    return sum(score_part(model, part, folder / part.name) for part in built)


def _scored(model: ScoringModel, part: pl.DataFrame) -> pl.DataFrame:
    raw = model.predictor.raw(model.columns.matrix(part))
    log_odds = model.calibration.intercept + model.calibration.slope * raw
    pd = 1.0 / (1.0 + np.exp(-log_odds))
    grades = pl.Series([band.grade for band in model.scale.grades])
    return part.select("enterprise_id", "uscc").with_columns(
        raw=pl.Series(raw),
        pd=pl.Series(pd),
        score=pl.Series(model.scale.scores(log_odds), dtype=pl.Int32),
        grade=grades.gather(pl.Series(model.scale.bands(pd))),
    )
