"""Kinds compared in time: fitted on what was known before a day, judged on what was granted next, and nothing later."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from bureau.clock import known_before, to_micros
from models.columns import Column, Columns
from models.cross_validation import Rows, Validation, difference_error
from models.evaluation import auc_interval
from models.labels import loan_labels
from models.lessons import Lessons
from models.logistic import Logistic, LogisticRecipe
from models.question import compare_kinds
from models.sme_default.spec import QUESTION
from models.terms import AfterMonths, Weights
from models.time_cuts import compare_in_time, cut_days
from models.time_split import Cuts
from tests.factories.granted_loans import labelled_loans

DAY_NUMBER = Columns((Column("day"), Column("size", -1)))
FIRST = date(2016, 1, 1)
LOANS = 400
YEAR = AfterMonths(12)


@dataclass(frozen=True)
class Witness:
    """A logistic recipe that remembers the days of the rows it was shown, and their weights."""

    shown: list[np.ndarray] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)
    kind: str = "logistic"

    def fit(self, columns: Columns, matrix: np.ndarray, target: np.ndarray, weight: np.ndarray) -> Logistic:
        self.shown.append(matrix[:, 0])
        self.weights.append(weight)
        return LogisticRecipe().fit(columns, matrix, target, weight)

    def figures(self) -> dict[str, object]:
        return {}


def loans(seed: int = 1, rate: float = 0.2) -> tuple[Rows, pl.Series]:
    """Four years of loans, in no order, whose default follows size."""
    random = np.random.default_rng(seed)
    day, size = random.integers(0, 4 * 365, LOANS), random.normal(size=LOANS)
    risk = random.logistic(size=LOANS) - 2 * size
    target = (risk > np.quantile(risk, 1 - rate)).astype(float)
    matrix = np.column_stack([day.astype(float), size])
    granted_on = pl.Series([FIRST + timedelta(days=int(one)) for one in day])
    return Rows(DAY_NUMBER, matrix, target, np.ones(LOANS), np.arange(LOANS)), granted_on


def number(day: date) -> int:
    return (day - FIRST).days


def compared(
    *recipes: Witness | LogisticRecipe, maturity: AfterMonths | None = YEAR, weights: Weights | None = None
) -> list[Validation]:
    rows, granted_on = loans()
    return compare_in_time(recipes, rows, granted_on, Cuts(3), weights=weights or Weights(), maturity=maturity)


def reported(rows: Rows, granted_on: pl.Series, months: int) -> pl.DataFrame:
    """Feedback by which every loan was repaid or in default at the last month end of its term, told for ten years."""
    told = pl.DataFrame({"granted_on": granted_on, "dpd": (90 * rows.target).astype(int), "weight": rows.weight})
    return told.with_row_index("loan_no_hash").with_columns(
        uscc=pl.col("loan_no_hash").cast(pl.String),
        period=(pl.col("granted_on").dt.offset_by(f"{months}mo") + timedelta(days=1)).dt.month_start()
        - timedelta(days=1),
        balance_fen=0,
        known_from=to_micros(known_before(FIRST + timedelta(days=3650))),
    )


@pytest.mark.parametrize("months", [pytest.param(12, id="known after a year"), pytest.param(3, id="after a quarter")])
def test_a_fit_sees_only_what_was_known_on_the_day_of_the_cut(months: int) -> None:
    """The labels of the day before are the judge: outcomes wait for their feedback."""
    rows, granted_on = loans()
    witness = Witness()
    compared(witness, LogisticRecipe(penalty=9.0), maturity=AfterMonths(months))
    days, told = cut_days(rows, granted_on, Cuts(3)), reported(rows, granted_on, months)
    assert len(witness.shown) == len(days) == 3
    for shown, day in zip(witness.shown, days, strict=True):
        known = loan_labels(told, day - timedelta(days=1), within=months, matures=months)
        assert sorted(shown) == sorted(number(granted) for granted in known["granted_on"])


def test_a_loan_that_may_end_any_year_is_fitted_on_in_hindsight() -> None:
    rows, granted_on = loans()
    witness = Witness()
    compared(witness, LogisticRecipe(penalty=9.0), maturity=None)
    for shown, day in zip(witness.shown, cut_days(rows, granted_on, Cuts(3)), strict=True):
        assert sorted(shown) == sorted(rows.matrix[(granted_on < day).to_numpy(), 0])


def test_each_span_is_judged_once_by_the_fit_before_it_and_has_as_many_defaults() -> None:
    rows, granted_on = loans()
    first, _ = compared(LogisticRecipe(), LogisticRecipe(penalty=9.0))
    days = cut_days(rows, granted_on, Cuts(3))
    judged = ~np.isnan(first.raw)
    assert judged.sum(axis=0).max() == 1
    assert np.array_equal(judged.any(axis=0), rows.matrix[:, 0] >= number(days[0]))
    defaults = [rows.target[span].sum() for span in judged]
    assert max(defaults) - min(defaults) <= 2
    assert rows.target[~judged.any(axis=0)].sum() == pytest.approx(rows.defaults / 2, abs=2)


def test_the_interval_is_of_all_that_was_judged_and_the_error_counts_the_rows_fits_share() -> None:
    rows, _ = loans()
    first, other = compared(LogisticRecipe(), LogisticRecipe(penalty=500.0))
    judged = ~np.isnan(first.raw).all(axis=0)
    some = rows.take(judged)
    assert first.interval == auc_interval(np.nansum(first.raw, axis=0)[judged], some.target, some.weight, some.firm)
    spread = np.var(first.fold_auc - other.fold_auc, ddof=1)
    assert difference_error(first, other) == pytest.approx(np.sqrt(spread * (1 / 3 + first.judged_to_fitted)))
    assert 0.1 < first.judged_to_fitted < 1
    assert first.summary()["compared"] == "in time"


def test_outcomes_after_the_last_cut_move_no_earlier_score() -> None:
    rows, granted_on = loans()
    later = np.flatnonzero(rows.matrix[:, 0] > number(cut_days(rows, granted_on, Cuts(3))[-1]))
    target = rows.target.copy()
    target[later] = target[later][::-1]
    recipes = (LogisticRecipe(), LogisticRecipe(penalty=9.0))
    before, after = (
        compare_in_time(recipes, one, granted_on, Cuts(3), weights=Weights(), maturity=AfterMonths(0))[0]
        for one in (rows, replace(rows, target=target))
    )
    assert np.array_equal(before.raw, after.raw, equal_nan=True)
    assert np.array_equal(before.fold_auc[:2], after.fold_auc[:2])
    assert before.fold_auc[2] != after.fold_auc[2]


def test_lessons_known_on_the_day_of_the_cut_are_fitted_on_and_judge_nothing() -> None:
    rows, granted_on = loans()
    others, days = loans(seed=2)
    witness = Witness()
    recipes = (witness, LogisticRecipe(penalty=9.0))
    first, _ = compare_in_time(
        recipes, rows, granted_on, Cuts(3), weights=Weights(), maturity=YEAR, others=Lessons(others, days)
    )
    for shown, day in zip(witness.shown, cut_days(rows, granted_on, Cuts(3)), strict=True):
        before = day - timedelta(days=1)
        known = [loan_labels(reported(*one, 12), before)["granted_on"] for one in ((rows, granted_on), (others, days))]
        assert sorted(shown) == sorted(number(granted) for granted in pl.concat(known))
    assert first.raw.shape == (3, LOANS)


def test_fits_weigh_as_the_spec_declares() -> None:
    witness = Witness()
    compared(witness, LogisticRecipe(), weights=Weights(half_life_days=365))
    assert all(weight.max() == 1.0 and weight.min() < 0.6 for weight in witness.weights)


def test_one_kind_or_too_few_defaults_compare_nothing() -> None:
    assert compared(LogisticRecipe()) == []
    rows, granted_on = loans()
    recipes, none = (LogisticRecipe(), LogisticRecipe(penalty=9.0)), replace(rows, target=np.zeros(LOANS))
    for some, months in ((none, 0), (rows, 48)):
        maturity = AfterMonths(months)
        assert compare_in_time(recipes, some, granted_on, Cuts(3), weights=Weights(), maturity=maturity) == []


def test_a_model_of_loans_compares_its_kinds_inside_its_training_period() -> None:
    labelled = labelled_loans(rate=0.2)
    trees, logistic = compare_kinds(QUESTION, labelled, "train", cuts=Cuts(2))
    assert (trees.kind, logistic.kind) == ("boosted_trees", "logistic")
    assert trees.raw.shape == (2, len(QUESTION.part(labelled, "train")))
    assert min(trees.auc, logistic.auc) > 0.6
