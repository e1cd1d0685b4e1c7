"""How good a model of loans is on loans it has not seen, in all and by half-year of the grant."""

from dataclasses import asdict
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.cross_validation import Rows
from models.evaluation import evaluate_pd
from models.question import Question, rate_before, read_for
from models.scoring import ScoringModel
from models.time_split import half_year
from models.training import Labelled

FEWEST_DEFAULTS = 5
"""A half-year with fewer defaults has no line of its own: its AUC would say nothing."""


def evaluate_on_loans(
    question: Question, lake: Lake, day: date, grant: ReadGrant, model: ScoringModel
) -> list[dict[str, object]]:
    """The lines of `judge_on_loans` for the loans that have matured by `day`."""
    labelled = read_for(question, model, lake, day, grant)
    return judge_on_loans(question.on(day, labelled), labelled, model)


def judge_on_loans(question: Question, labelled: Labelled, model: ScoringModel) -> list[dict[str, object]]:
    """One line for all loans granted since the test period began, and one for each half-year of them."""
    split, rows = question.split, question.part(labelled, "test")
    newest = labelled.frame.filter(split.period(pl.col("granted_on")) == "test")
    halves = newest.select(half=half_year(pl.col("granted_on")))["half"]
    constant = rate_before(labelled, split)
    lines = [_line(f"from {split.test_from}", model, rows, constant)]
    for half in halves.unique().sort():
        some = rows.take((halves == half).to_numpy())
        if some.defaults >= FEWEST_DEFAULTS:
            lines.append(_line(half, model, some, constant))
    return lines


def _line(granted: str, model: ScoringModel, rows: Rows, constant: float) -> dict[str, object]:
    pd = model.calibration.pd(model.predictor.raw(rows.matrix))
    figures = asdict(evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant))
    auc = figures.pop("auc")
    separation = {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"], "gini": 2 * auc["value"] - 1}
    return {"granted": granted, **figures, **separation}
