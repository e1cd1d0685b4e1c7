"""How good the released sme_default is on loans it has not seen, in all and by half-year of the grant."""

from dataclasses import asdict
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.cross_validation import Rows
from models.evaluation import evaluate_pd
from models.scoring import ScoringModel
from models.sme_default.labels import read_labels
from models.sme_default.periods import part, rate_before
from models.sme_default.spec import SPEC, SPLIT
from models.training import Labelled, read_labelled

FEWEST_DEFAULTS = 5
"""A half-year with fewer defaults has no line of its own: its AUC would say nothing."""


def evaluate(lake: Lake, day: date, grant: ReadGrant, model: ScoringModel) -> list[dict[str, object]]:
    """The lines of `judge` for the loans that have matured by `day`."""
    return judge(read_labelled(lake, SPEC, read_labels(lake, day, grant), grant), model)


def judge(labelled: Labelled, model: ScoringModel) -> list[dict[str, object]]:
    """One line for all loans granted since the test period began, and one for each half-year of them."""
    rows = part(labelled, "test")
    halves = labelled.frame.filter(SPLIT.period(pl.col("granted_on")) == "test").select(_half_year())["half"]
    constant = rate_before(labelled)
    lines = [_line(f"from {SPLIT.test_from}", model, rows, constant)]
    for half in halves.unique().sort():
        some = rows.take((halves == half).to_numpy())
        if some.defaults >= FEWEST_DEFAULTS:
            lines.append(_line(half, model, some, constant))
    return lines


def _half_year() -> pl.Expr:
    half = pl.when(pl.col("granted_on").dt.month() <= 6).then(pl.lit("H1")).otherwise(pl.lit("H2"))
    return pl.format("{} {}", pl.col("granted_on").dt.year(), half).alias("half")


def _line(granted: str, model: ScoringModel, rows: Rows, constant: float) -> dict[str, object]:
    pd = model.calibration.pd(model.predictor.raw(rows.matrix))
    figures = asdict(evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant))
    auc = figures.pop("auc")
    separation = {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"], "gini": 2 * auc["value"] - 1}
    return {"granted": granted, **figures, **separation}
