"""Training on made-up loans: strictly by time, weighted, and refused where it can learn nothing."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from bureau.errors import InvalidInput, TooFewLabels
from models.evaluation import evaluate_pd
from models.gates import judge_gates, refusal_of
from models.lessons import Lessons
from models.loan_judging import judge_on_loans
from models.loan_training import fit_on_loans
from models.question import Question, chosen, rate_before
from models.shelf import SHELF
from models.sme_default.spec import QUESTION, SPEC
from models.time_split import Cuts, TimeSplit
from models.training import Labelled, Trained, rows_of
from tests.factories.granted_loans import labelled_loans

DAY = date(2023, 4, 30)
LOANS = labelled_loans(3000)
SPLIT = QUESTION.split
QUICK = Cuts(2)
NEWEST = pl.col("granted_on") >= SPLIT.test_from
OLDEST = pl.col("granted_on") < SPLIT.calibrate_from
ON_LOANS = [pytest.param(one.question, id=name) for name, one in SHELF.items() if one.question]


@pytest.fixture(scope="module")
def trained_loans() -> Trained:
    return fit_on_loans(QUESTION, LOANS, DAY, QUICK)


def changed(labelled: Labelled, when: pl.Expr, target: float) -> Labelled:
    """The same loans with other outcomes where `when` holds."""
    frame = labelled.frame.with_columns(target=pl.when(when).then(target).otherwise(pl.col("target")))
    return replace(labelled, frame=frame, rows=rows_of(SPEC.columns, frame))


def test_every_loan_stands_in_one_period_in_order_of_time() -> None:
    labelled = LOANS
    periods = labelled.frame.select("granted_on", period=SPLIT.period(pl.col("granted_on")))
    first = periods.group_by("period", maintain_order=True).agg(pl.col("granted_on").min(), n=pl.len())
    assert first["period"].to_list() == ["train", "calibrate", "test"]
    assert first["granted_on"][1] >= SPLIT.calibrate_from
    assert first["granted_on"][2] >= SPLIT.test_from
    assert [
        len(QUESTION.part(labelled, "train")),
        len(QUESTION.part(labelled, "calibrate")),
        len(QUESTION.part(labelled, "test")),
    ] == list(first["n"])


def test_figures_are_those_of_the_newest_loans(trained_loans: Trained) -> None:
    newest = QUESTION.part(LOANS, "test")
    pd = trained_loans.model.calibration.pd(trained_loans.model.predictor.raw(newest.matrix))
    constant = rate_before(LOANS, SPLIT)
    assert trained_loans.figures == evaluate_pd(pd, newest.target, newest.weight, newest.firm, constant=constant)
    assert trained_loans.figures.auc.low > 0.6
    assert refusal_of(judge_gates(trained_loans)) is None


def test_no_outcome_of_the_newest_loans_reaches_the_model(trained_loans: Trained) -> None:
    other = fit_on_loans(QUESTION, changed(LOANS, NEWEST & (pl.col("sales_trend_6p") > 0), 1.0), DAY, QUICK)
    matrix = trained_loans.judged.matrix
    assert other.figures != trained_loans.figures
    assert other.model.calibration == trained_loans.model.calibration
    assert np.array_equal(other.model.predictor.raw(matrix), trained_loans.model.predictor.raw(matrix))


def test_outcomes_in_the_calibration_year_move_the_calibration_only(trained_loans: Trained) -> None:
    middle = ~NEWEST & ~OLDEST & (pl.col("sales_trend_6p") < -0.2)
    worse = fit_on_loans(QUESTION, changed(LOANS, middle, 1.0), DAY, QUICK)
    matrix = trained_loans.judged.matrix
    assert np.array_equal(worse.model.predictor.raw(matrix), trained_loans.model.predictor.raw(matrix))
    assert worse.model.calibration != trained_loans.model.calibration


def test_lessons_move_the_fit_and_nothing_that_judges_it(trained_loans: Trained) -> None:
    others = labelled_loans(1000, seed=9)
    lessons = Lessons(replace(others.rows, firm=others.rows.firm + len(LOANS.rows)), others.frame["granted_on"])
    early = (others.frame["granted_on"] < SPLIT.calibrate_from).sum()
    taught = replace(LOANS, others=lessons)
    assert len(QUESTION.to_fit(taught, "train")) == len(QUESTION.to_fit(LOANS, "train")) + early
    both = fit_on_loans(QUESTION, taught, DAY, QUICK)
    matrix = trained_loans.judged.matrix
    assert not np.array_equal(both.model.predictor.raw(matrix), trained_loans.model.predictor.raw(matrix))
    assert np.array_equal(both.judged.target, trained_loans.judged.target)
    assert both.one_rate == trained_loans.one_rate
    assert both.population is not None
    assert len(both.population) == len(LOANS.rows)
    assert (both.facts["labels"], both.facts["other_labels"]) == (len(LOANS.rows), 1000)


def test_no_outcome_of_later_lessons_reaches_the_model() -> None:
    others = labelled_loans(600, seed=9)
    later = changed(others, ~OLDEST, 1.0)
    fits = [
        fit_on_loans(QUESTION, replace(LOANS, others=Lessons(one.rows, one.frame["granted_on"])), DAY, QUICK)
        for one in (others, later)
    ]
    before, after = (fit.model.predictor.raw(fit.judged.matrix) for fit in fits)
    assert np.array_equal(before, after)


def test_what_was_compared_and_judged_is_said(trained_loans: Trained) -> None:
    assert trained_loans.said[0].startswith("2 spans judged in time prefer ")
    assert trained_loans.said[1] == f"On loans granted from {SPLIT.test_from}: AUC {trained_loans.figures.auc}."
    assert trained_loans.facts["test_from"] == SPLIT.test_from.isoformat()


def test_labels_known_when_the_test_began_are_judged_apart(trained_loans: Trained) -> None:
    assert trained_loans.said[2].endswith("in hindsight.")
    assert trained_loans.said[3].endswith("none of them in hindsight: too few to train on.")
    loans = labelled_loans(rate=0.2)
    then = replace(loans, frame=loans.frame.filter(~NEWEST), rows=loans.rows.take(~chosen(loans, "test", SPLIT)))
    both = fit_on_loans(QUESTION, loans, DAY, QUICK, then)
    known = both.facts["figures_of_labels_known_then"]
    assert known["rows"] == both.figures.rows
    assert known["auc"]["value"] != both.figures.auc.value
    assert "Brier" in both.said[3]
    assert both.said[2].endswith(f"known on {SPLIT.test_from}.")
    assert both.figures.brier_constant == both.facts["figures_of_labels_known_then"]["brier_constant"]


@pytest.mark.parametrize("question", ON_LOANS)
def test_every_model_of_loans_learns_what_its_features_tell_and_passes_the_gates(question: Question) -> None:
    loans = labelled_loans(3000, spec=question.spec)
    trained = fit_on_loans(question, loans, DAY, QUICK)
    assert trained.model.name == question.spec.name
    assert trained.facts["calibrate_from"] == question.split.calibrate_from.isoformat()
    assert trained.figures.auc.low > 0.6
    assert refusal_of(judge_gates(trained)) is None
    assert judge_on_loans(question, loans, trained.model)[0]["auc"] == trained.figures.auc.value


def test_what_was_known_when_the_test_began_is_divided_a_year_earlier() -> None:
    assert SPLIT.earlier(12) == TimeSplit(date(2019, 1, 1), date(2020, 1, 1), test_months=16)


@pytest.mark.parametrize(
    ("day", "newest", "calibrate_from", "test_from"),
    [
        pytest.param(
            date(2023, 4, 30), date(2022, 4, 28), date(2020, 1, 1), date(2021, 1, 1), id="the city's last day"
        ),
        pytest.param(date(2023, 5, 31), date(2022, 5, 20), date(2020, 2, 1), date(2021, 2, 1), id="a month later"),
        pytest.param(date(2026, 4, 30), date(2025, 4, 2), date(2023, 1, 1), date(2024, 1, 1), id="three years later"),
        pytest.param(
            date(2026, 11, 26), date(2022, 3, 29), date(2020, 1, 1), date(2021, 1, 1), id="nothing came since"
        ),
        pytest.param(date(2022, 4, 30), date(2021, 4, 28), date(2020, 1, 1), date(2021, 1, 1), id="never back"),
    ],
)
def test_the_periods_move_on_with_what_has_matured(
    day: date, newest: date, calibrate_from: date, test_from: date
) -> None:
    assert SPLIT.moved_on(day, newest, 12) == TimeSplit(calibrate_from, test_from, test_months=16)


def test_a_split_without_months_that_judge_stays() -> None:
    assert (still := replace(SPLIT, test_months=None)).moved_on(date(2026, 4, 30), date(2025, 4, 2), 12) == still


def test_a_training_of_a_later_day_learns_from_later_loans() -> None:
    loans = LOANS
    later = QUESTION.on(
        date(2024, 1, 31), replace(loans, frame=loans.frame.with_columns(pl.col("granted_on").dt.offset_by("1y")))
    )
    assert later.split == TimeSplit(date(2020, 10, 1), date(2021, 10, 1), test_months=16)
    assert later.part(loans, "train").firm.size > QUESTION.part(loans, "train").firm.size


def test_a_coin_is_refused_with_its_interval() -> None:
    coin = fit_on_loans(QUESTION, labelled_loans(strength=0.0, seed=4), DAY, QUICK)
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
        fit_on_loans(QUESTION, changed(LOANS, period, 0.0), DAY, QUICK)


def test_a_version_is_not_judged_by_loans_of_one_kind(trained_loans: Trained) -> None:
    nobody = changed(LOANS, NEWEST, 0.0)
    with pytest.raises(InvalidInput, match=r"^0 of \d{3} matured loans granted from 2021-01-01 went bad"):
        judge_on_loans(QUESTION, nobody, trained_loans.model)


def test_the_judgement_has_all_loans_first_and_then_half_years(trained_loans: Trained) -> None:
    lines = judge_on_loans(QUESTION, LOANS, trained_loans.model)
    newest = LOANS.frame["granted_on"].max()
    assert [line["granted"] for line in lines] == [f"2021-01-01 to {newest}", "2021 H1", "2021 H2", "2022 H1"]
    assert lines[0]["rows"] == len(trained_loans.judged)
    assert lines[0]["auc"] == trained_loans.figures.auc.value
