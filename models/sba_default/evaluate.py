"""How good sba_default is on loans of later years: by fiscal year, the weighted sample and the rest apart."""

from dataclasses import asdict
from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.cross_validation import Rows
from models.evaluation import evaluate_pd
from models.loan_judging import judged_period, require_both
from models.question import rate_before_test, rate_of, read_for
from models.sba_default.spec import QUESTION
from models.scoring import ScoringModel
from models.time_split import TimeSplit
from models.training import Labelled

FEWEST_DEFAULTS = 5
"""Fewer have no line of their own: their AUC would say nothing."""


def evaluate(
    lake: Lake, day: date, grant: ReadGrant, model: ScoringModel, stored: StoredModel
) -> list[dict[str, object]]:
    """The lines of `judge` for the loans whose end was known by `day`, since the version's own test began."""
    split = TimeSplit.of_facts(stored.facts)
    labelled = read_for(QUESTION, model, lake, day, grant)
    known = rate_of(QUESTION.known_before(lake, split.test_from, grant, labelled.snapshot))
    return judge(labelled, model, split, known)


def judge(
    labelled: Labelled, model: ScoringModel, split: TimeSplit = QUESTION.split, known: float | None = None
) -> list[dict[str, object]]:
    """One line for all loans judged, and one for each fiscal year and way of drawing.

    A loan of a sample stands for as many as its weight says, so that its figures are the population's; a loan of
    weight 1 was not drawn by its outcome. known: the rate of charge-offs known when the test began.
    """
    question = QUESTION.split_by(split)
    rows, constant = question.part(labelled, "test"), float(rate_before_test(labelled, split, known).pd)
    require_both(question, rows, split)
    frame = labelled.frame.filter(split.period(pl.col("granted_on")) == "test")
    drawn = frame.select((pl.col("weight") != 1).alias("drawn"), _fiscal_year().alias("year"))
    lines = [_line(judged_period(frame, split), "all", model, rows, constant)]
    for year, weighted in drawn.select("year", "drawn").unique().sort("year", "drawn").iter_rows():
        inside = drawn.select((pl.col("year") == year) & (pl.col("drawn") == weighted)).to_series().to_numpy()
        some = rows.take(inside)
        if FEWEST_DEFAULTS <= some.defaults <= len(some) - FEWEST_DEFAULTS:
            told = "weighted sample" if weighted else "as they came"
            lines.append(_line(f"FY{year}", told, model, some, constant))
    return lines


def _fiscal_year() -> pl.Expr:
    return pl.col("granted_on").dt.offset_by("3mo").dt.year()


def _line(granted: str, drawn: str, model: ScoringModel, rows: Rows, constant: float) -> dict[str, object]:
    pd = model.calibration.pd(model.predictor.raw(rows.matrix))
    figures = asdict(evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant))
    auc = figures.pop("auc")
    told = {"granted": granted, "loans": drawn, **figures}
    return told | {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"]}
