"""Cross-validation: firms never on both sides, everything learnt inside the fold, and the preference said in words."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from models.columns import Column, Columns
from models.cross_validation import (
    Division,
    Rows,
    Validation,
    cross_validate,
    difference_error,
    preference_in_words,
    preferred,
)
from models.evaluation import Interval
from models.logistic import Logistic, LogisticRecipe

ONE = Columns((Column("size", -1),))


def rows(firms: int = 60, loans: int = 1, strength: float = 2.0, seed: int = 1) -> Rows:
    random = np.random.default_rng(seed)
    size = random.normal(size=firms)
    target = (random.random(firms) < 1 / (1 + np.exp(1 + strength * size))).astype(float)
    firm = np.repeat(np.arange(firms), loans)
    return Rows(ONE, size[firm][:, None], target[firm], np.ones(len(firm)), firm)


@dataclass(frozen=True)
class Witness:
    """A logistic recipe that remembers which values it was shown."""

    shown: list[np.ndarray] = field(default_factory=list)
    kind: str = "logistic"

    def fit(self, columns: Columns, matrix: np.ndarray, target: np.ndarray, weight: np.ndarray) -> Logistic:
        self.shown.append(matrix[:, 0])
        return LogisticRecipe().fit(columns, matrix, target, weight)

    def figures(self) -> dict[str, object]:
        return {}


@pytest.mark.parametrize("loans", [pytest.param(1, id="one loan a firm"), pytest.param(3, id="three loans a firm")])
def test_no_firm_stands_on_both_sides_of_a_fold(loans: int) -> None:
    offered, witness = rows(loans=loans), Witness()
    cross_validate([witness], offered, Division(repeats=2, folds=5, seed=1))
    assert len(witness.shown) == 10
    for shown in witness.shown:
        inside = np.isin(offered.matrix[:, 0], shown)
        assert len(shown) == inside.sum()
        assert 0.7 <= len(shown) / len(offered) <= 0.9


def test_every_row_is_scored_once_a_repeat_and_the_divisions_differ() -> None:
    (validation,) = cross_validate([LogisticRecipe()], rows(), Division(repeats=3, folds=5, seed=1))
    assert validation.raw.shape == (3, 60)
    assert not np.isnan(validation.raw).any()
    assert not np.array_equal(validation.raw[0], validation.raw[1])


def test_the_same_seed_gives_the_same_figures() -> None:
    division = Division(repeats=2, folds=5, seed=4)
    first, second = (cross_validate([LogisticRecipe()], rows(), division)[0] for _ in range(2))
    assert np.array_equal(first.raw, second.raw)
    assert first.interval == second.interval


def test_a_coin_is_measured_as_a_coin() -> None:
    (validation,) = cross_validate([LogisticRecipe()], rows(200, strength=0.0), Division(repeats=5, folds=5, seed=1))
    assert 0.4 < validation.auc < 0.6
    assert validation.interval.contains(0.5)


def made(kind: str, fold_auc: list[list[float]]) -> Validation:
    return Validation(kind, np.zeros((2, 1)), np.array(fold_auc), Interval(0.7, 0.6, 0.8), judged_to_fitted=1.0)


PLAIN = made("logistic", [[0.9, 0.9], [0.7, 0.7]])


@pytest.mark.parametrize(
    ("fold_auc", "kind"),
    [
        pytest.param([[0.8, 0.9], [0.7, 0.8]], "logistic", id="equal means"),
        pytest.param([[0.9, 0.9], [0.6, 0.9]], "logistic", id="better by one lucky fold"),
        pytest.param([[0.95, 0.94], [0.75, 0.76]], "boosted_trees", id="better in every fold"),
        pytest.param([[0.85, 0.84], [0.65, 0.66]], "logistic", id="worse in every fold"),
        pytest.param([[0.95, np.nan], [0.75, 0.76]], "boosted_trees", id="a fold without a default"),
    ],
)
def test_a_kind_is_preferred_to_the_simpler_where_it_is_clearly_better(fold_auc: list[list[float]], kind: str) -> None:
    assert preferred([made("boosted_trees", fold_auc), PLAIN]).kind == kind


def test_of_two_that_are_clearly_better_the_best_is_preferred() -> None:
    good, best = (made("boosted_trees", [[0.9 + d, 0.9 + d], [0.7 + d, 0.7 + d]]) for d in (0.02, 0.05))
    assert preferred([good, best, PLAIN]) is best


def test_the_error_of_a_difference_counts_the_rows_that_fits_share() -> None:
    trees = made("boosted_trees", [[0.92, 0.9], [0.7, 0.72]])
    assert difference_error(trees, PLAIN) == pytest.approx(np.sqrt(np.var([0.02, 0, 0, 0.02], ddof=1) * (1 / 4 + 1)))
    assert difference_error(PLAIN, PLAIN) == 0.0


def test_what_is_preferred_is_said_with_both_figures() -> None:
    better, lucky = made("boosted_trees", [[0.95, 0.94], [0.75, 0.76]]), made("boosted_trees", [[0.9, 0.9], [0.6, 0.9]])
    assert preference_in_words([better, PLAIN], 2) == (
        "2x2 cross-validation prefers LightGBM (AUC 0.850, spread 0.134) to the logistic model (AUC 0.800, "
        "spread 0.141): better in 2 of 2 repeats."
    )
    assert preference_in_words([lucky, PLAIN], 2) == (
        "2x2 cross-validation prefers the logistic model (AUC 0.800, spread 0.141) to LightGBM (AUC 0.825, "
        "spread 0.106): better in 0 of 2 repeats, the simpler where the difference may be chance."
    )


def test_what_spans_in_time_prefer_is_said_as_such() -> None:
    better = replace(made("boosted_trees", [[0.95], [0.75]]), in_time=True)
    plain = replace(made("logistic", [[0.9], [0.7]]), in_time=True)
    assert preference_in_words([better, plain], 2).startswith("2 spans judged in time prefer LightGBM (AUC 0.850, ")
    assert preference_in_words([better, plain], 2).endswith("better in 2 of 2 spans.")
    assert preference_in_words([], 1) == "One kind of model was asked for, so nothing was compared."
    assert preference_in_words([], 2).endswith("the simplest is taken.")
