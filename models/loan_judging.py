"""How good a version is on loans it has not seen, in all and by half-year of the grant."""

from dataclasses import asdict
from datetime import date

import polars as pl

from bureau.errors import InvalidInput
from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.cross_validation import Rows
from models.evaluation import evaluate_pd
from models.question import Question, rate_before_test, rate_of, read_for
from models.scoring import ScoringModel
from models.time_split import TimeSplit, half_year
from models.training import Labelled

FEWEST_DEFAULTS = 5
"""A half-year with fewer defaults has no line of its own: its AUC would say nothing."""


def evaluate_on_loans(
    question: Question, lake: Lake, day: date, grant: ReadGrant, model: ScoringModel, stored: StoredModel
) -> list[dict[str, object]]:
    """The lines of `judge_on_loans` for the loans that have matured by `day`, since the version's own test began.

    Today's periods would be wrong: they move on with time, and a version calibrated anew has its own.
    """
    split = TimeSplit.of_facts(stored.facts)
    labelled = read_for(question, model, lake, day, grant)
    known = rate_of(question.known_before(lake, split.test_from, grant, labelled.snapshot))
    return judge_on_loans(question.split_by(split), labelled, model, known)


def judge_on_loans(
    question: Question, labelled: Labelled, model: ScoringModel, known: float | None = None
) -> list[dict[str, object]]:
    """One line for all loans granted since the test period began, and one for each half-year of them.

    known: the rate of the outcomes known when it began. Raises `InvalidInput` where nobody or everybody defaulted.
    """
    split, rows = question.split, question.part(labelled, "test")
    newest = labelled.frame.filter(split.period(pl.col("granted_on")) == "test")
    require_both(question, rows, split)
    halves = newest.select(half=half_year(pl.col("granted_on")))["half"]
    constant = float(rate_before_test(labelled, split, known).pd)
    lines = [_line(judged_period(newest, split), model, rows, constant)]
    for half in halves.unique().sort():
        some = rows.take((halves == half).to_numpy())
        if some.defaults >= FEWEST_DEFAULTS:
            lines.append(_line(half, model, some, constant))
    return lines


def judged_period(newest: pl.DataFrame, split: TimeSplit) -> str:
    """`2021-01-01 to 2022-04-28`: the days of grant of what judges."""
    return f"{split.test_from} to {newest.select(pl.col('granted_on').max()).item()}"


def require_both(question: Question, rows: Rows, split: TimeSplit) -> None:
    """Raise `InvalidInput` where rows of one kind alone would judge."""
    if not 0 < rows.defaults < len(rows):
        raise InvalidInput(
            f"{rows.defaults} of {len(rows):,} matured loans granted from {split.test_from} went bad, and loans of "
            f"both kinds are needed to judge {question.spec.name} by. Judge it once more feedback (F60) has come."
        )


def _line(granted: str, model: ScoringModel, rows: Rows, constant: float) -> dict[str, object]:
    pd = model.calibration.pd(model.predictor.raw(rows.matrix))
    figures = asdict(evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant))
    auc = figures.pop("auc")
    separation = {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"], "gini": 2 * auc["value"] - 1}
    return {"granted": granted, **figures, **separation}
