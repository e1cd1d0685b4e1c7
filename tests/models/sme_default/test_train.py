"""Training of sme_default on made-up loans: strictly by time, weighted, and refused where it can learn nothing."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from bureau.errors import TooFewLabels
from models.cross_validation import Division
from models.evaluation import evaluate_pd
from models.gates import judge_gates, refusal_of
from models.sme_default.evaluate import judge
from models.sme_default.periods import chosen, part, rate_before
from models.sme_default.spec import SPEC, SPLIT
from models.sme_default.train import fit
from models.training import Labelled, Trained, rows_of
from tests.factories.granted_loans import labelled_loans

DAY = date(2023, 4, 30)
QUICK = Division(repeats=2, folds=3, seed=1)
NEWEST = pl.col("granted_on") >= SPLIT.test_from
OLDEST = pl.col("granted_on") < SPLIT.calibrate_from


@pytest.fixture(scope="module")
def trained_loans() -> Trained:
    return fit(labelled_loans(), DAY, QUICK)


def changed(labelled: Labelled, when: pl.Expr, target: float) -> Labelled:
    """The same loans with other outcomes where `when` holds."""
    frame = labelled.frame.with_columns(target=pl.when(when).then(target).otherwise(pl.col("target")))
    return replace(labelled, frame=frame, rows=rows_of(SPEC.columns, frame))


def test_every_loan_stands_in_one_period_in_order_of_time() -> None:
    labelled = labelled_loans()
    periods = labelled.frame.select("granted_on", period=SPLIT.period(pl.col("granted_on")))
    first = periods.group_by("period", maintain_order=True).agg(pl.col("granted_on").min(), n=pl.len())
    assert first["period"].to_list() == ["train", "calibrate", "test"]
    assert first["granted_on"][1] >= SPLIT.calibrate_from
    assert first["granted_on"][2] >= SPLIT.test_from
    assert [len(part(labelled, "train")), len(part(labelled, "calibrate")), len(part(labelled, "test"))] == list(
        first["n"]
    )


def test_figures_are_those_of_the_newest_loans(trained_loans: Trained) -> None:
    newest = part(labelled_loans(), "test")
    pd = trained_loans.model.calibration.pd(trained_loans.model.predictor.raw(newest.matrix))
    constant = rate_before(labelled_loans())
    assert trained_loans.figures == evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=constant)
    assert trained_loans.figures.auc.low > 0.6
    assert refusal_of(judge_gates(trained_loans)) is None


def test_no_outcome_of_the_newest_loans_reaches_the_model(trained_loans: Trained) -> None:
    other = fit(changed(labelled_loans(), NEWEST & (pl.col("sales_trend_6p") > 0), 1.0), DAY, QUICK)
    matrix = trained_loans.judged.matrix
    assert other.figures != trained_loans.figures
    assert other.model.calibration == trained_loans.model.calibration
    assert np.array_equal(other.model.predictor.raw(matrix), trained_loans.model.predictor.raw(matrix))


def test_outcomes_in_the_calibration_year_move_the_calibration_only(trained_loans: Trained) -> None:
    middle = ~NEWEST & ~OLDEST & (pl.col("sales_trend_6p") < -0.2)
    worse = fit(changed(labelled_loans(), middle, 1.0), DAY, QUICK)
    matrix = trained_loans.judged.matrix
    assert np.array_equal(worse.model.predictor.raw(matrix), trained_loans.model.predictor.raw(matrix))
    assert worse.model.calibration != trained_loans.model.calibration


def test_what_was_compared_and_judged_is_said(trained_loans: Trained) -> None:
    assert trained_loans.said[0].startswith("2x3 cross-validation prefers ")
    assert trained_loans.said[1] == f"On loans granted from {SPLIT.test_from}: AUC {trained_loans.figures.auc}."
    assert trained_loans.facts["test_from"] == SPLIT.test_from.isoformat()


def test_labels_known_when_the_test_began_are_judged_apart(trained_loans: Trained) -> None:
    assert trained_loans.said[2].endswith("none of them in hindsight: too few to train on.")
    loans = labelled_loans(rate=0.2)
    then = replace(loans, frame=loans.frame.filter(~NEWEST), rows=loans.rows.take(~chosen(loans, "test")))
    both = fit(loans, DAY, QUICK, then)
    known = both.facts["figures_of_labels_known_then"]
    assert known["rows"] == both.figures.rows
    assert known["auc"]["value"] != both.figures.auc.value
    assert known["brier_constant"] != both.figures.brier_constant
    assert "Brier" in both.said[2]


def test_a_coin_is_refused_with_its_interval() -> None:
    coin = fit(labelled_loans(strength=0.0, seed=4), DAY, QUICK)
    assert coin.figures.auc.contains(0.5)
    assert refusal_of(judge_gates(coin)) is not None


@pytest.mark.parametrize(
    ("period", "says"),
    [
        pytest.param(OLDEST, "granted before 2020-01-01", id="nothing to learn from"),
        pytest.param(NEWEST, "granted from 2021-01-01", id="nothing to judge by"),
    ],
)
def test_a_period_without_defaults_is_told(period: pl.Expr, says: str) -> None:
    with pytest.raises(TooFewLabels, match=says):
        fit(changed(labelled_loans(), period, 0.0), DAY, QUICK)


def test_the_judgement_has_all_loans_first_and_then_half_years(trained_loans: Trained) -> None:
    lines = judge(labelled_loans(), trained_loans.model)
    assert [line["granted"] for line in lines] == ["from 2021-01-01", "2021 H1", "2021 H2", "2022 H1"]
    assert lines[0]["rows"] == len(trained_loans.judged)
    assert lines[0]["auc"] == trained_loans.figures.auc.value
