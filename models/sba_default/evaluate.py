"""How good sba_default is on loans of later years: by fiscal year, the weighted sample and the rest apart."""

from dataclasses import asdict, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.artefact import StoredModel
from models.cross_validation import Rows
from models.evaluation import evaluate_pd
from models.loan_judging import judged_period, require_both
from models.question import Question, rate_before_test, rate_of, read_for
from models.sba_default.labels import labels_known, read_labels
from models.sba_default.spec import HALF_LIFE_DAYS, LEAST_TO_JUDGE, LEAST_TO_TRAIN, SPEC, SPLIT, TREES
from models.scoring import ScoringModel
from models.time_split import Period, TimeSplit
from models.training import Labelled

FEWEST_DEFAULTS = 5
"""Fewer have no line of their own: their AUC would say nothing."""
OUTCOMES = Question(SPEC, read_labels, SPLIT, TREES, LEAST_TO_TRAIN, LEAST_TO_JUDGE, read_known=labels_known)
"""By what it is calibrated anew."""


def evaluate(
    lake: Lake, day: date, grant: ReadGrant, model: ScoringModel, stored: StoredModel
) -> list[dict[str, object]]:
    """The lines of `judge` for the loans whose end was known by `day`, since the version's own test began."""
    split = TimeSplit.of_facts(stored.facts)
    known = rate_of(OUTCOMES.known_before(lake, split.test_from, grant))
    return judge(read_for(OUTCOMES, model, lake, day, grant), model, split, known)


def judge(
    labelled: Labelled, model: ScoringModel, split: TimeSplit = SPLIT, known: float | None = None
) -> list[dict[str, object]]:
    """One line for all loans judged, and one for each fiscal year and way of drawing.

    A loan of a sample stands for as many as its weight says, so that its figures are the population's; a loan of
    weight 1 was not drawn by its outcome. known: the rate of charge-offs known when the test began.
    """
    question = replace(OUTCOMES, split=split)
    rows, constant = question.part(labelled, "test"), float(rate_before_test(labelled, split, known).pd)
    require_both(question, rows, split)
    frame = labelled.frame.filter(split.period(pl.col("granted_on")) == "test")
    drawn = frame.select((pl.col("weight") != 1).alias("drawn"), _fiscal_year().alias("year"))
    lines = [_line(judged_period(frame, split), "all", model, rows, constant)]
    for year, weighted in drawn.select("year", "drawn").unique().sort("year", "drawn").iter_rows():
        chosen = drawn.select((pl.col("year") == year) & (pl.col("drawn") == weighted)).to_series().to_numpy()
        some = rows.take(chosen)
        if FEWEST_DEFAULTS <= some.defaults <= len(some) - FEWEST_DEFAULTS:
            told = "weighted sample" if weighted else "as they came"
            lines.append(_line(f"FY{year}", told, model, some, constant))
    return lines


def part(labelled: Labelled, *periods: Period) -> Rows:
    """The rows approved in some periods of the split."""
    chosen = labelled.frame.select(SPLIT.period(pl.col("granted_on")).is_in(periods)).to_series().to_numpy()
    return labelled.rows.take(np.asarray(chosen, dtype=np.bool_))


def days_of(labelled: Labelled, *periods: Period) -> pl.Series:
    """The days of approval of the rows of some periods."""
    return labelled.frame.filter(SPLIT.period(pl.col("granted_on")).is_in(periods))["granted_on"]


def last_year(labelled: Labelled) -> NDArray[np.bool_]:
    """Which of the rows before the test calibrate."""
    period = labelled.frame.select(SPLIT.period(pl.col("granted_on")).alias("period"))["period"]
    return np.asarray((period.filter(period != "test") == "calibrate").to_numpy(), dtype=np.bool_)


def as_drawn(rows: Rows, granted_on: pl.Series) -> Rows:
    """The rows by their recency instead of their weights. Charged-off and repaid loans were drawn in equal numbers:
    fitting on them as they are tells the two apart better, and the weights come back when scores are calibrated."""
    return replace(rows, weight=fading(granted_on))


def fading(granted_on: pl.Series) -> NDArray[np.float64]:
    """What each loan counts: 1 the newest, half as much for every half-life that it is older."""
    return np.asarray(0.5 ** (age_days(granted_on) / HALF_LIFE_DAYS))


def age_days(granted_on: pl.Series) -> NDArray[np.int64]:
    """How much older than the newest each is."""
    days = granted_on.dt.epoch("d").to_numpy().astype(np.int64)
    return np.asarray(days.max() - days)


def _fiscal_year() -> pl.Expr:
    return pl.col("granted_on").dt.offset_by("3mo").dt.year()


def _line(granted: str, drawn: str, model: ScoringModel, rows: Rows, constant: float) -> dict[str, object]:
    pd = model.calibration.pd(model.predictor.raw(rows.matrix))
    figures = asdict(evaluate_pd(pd, rows.target, rows.weight, rows.firm, constant=constant))
    auc = figures.pop("auc")
    told = {"granted": granted, "loans": drawn, **figures}
    return told | {"auc": auc["value"], "auc_low": auc["low"], "auc_high": auc["high"]}
