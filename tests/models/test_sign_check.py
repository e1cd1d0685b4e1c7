"""Signs asked of the finished model: kept by bound trees, and a violation planted in one is found."""

from dataclasses import replace

import numpy as np
import pytest

from models.binned import BinnedModel, Bins
from models.boosted_trees import TreeRecipe
from models.columns import Column, Columns
from models.logistic import LogisticRecipe
from models.sign_check import sign_violations
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, fitted, portfolio

MATRIX = COLUMNS.matrix(portfolio()[0])


@pytest.mark.parametrize("recipe", [SMALL_TREES, PLAIN_LOGISTIC], ids=["trees", "logistic"])
def test_a_model_bound_to_its_signs_keeps_them(recipe: TreeRecipe | LogisticRecipe) -> None:
    assert sign_violations(fitted(recipe), COLUMNS, MATRIX) == []


@pytest.mark.parametrize("recipe", [SMALL_TREES, PLAIN_LOGISTIC], ids=["trees", "logistic"])
def test_a_sign_turned_round_is_named(recipe: TreeRecipe | LogisticRecipe) -> None:
    turned = Columns(tuple(replace(one, sign=-1) if one.name == "arrears_count" else one for one in COLUMNS.columns))
    assert sign_violations(fitted(recipe), turned, MATRIX) == ["arrears_count"]


def test_one_step_down_between_two_values_that_occur_is_found() -> None:
    """Trees fitted without signs on a dip that only a threshold shows."""
    free = Columns(tuple(replace(one, sign=0) for one in COLUMNS.columns))
    matrix = np.tile(MATRIX, (5, 1))
    gap = matrix[:, 2]
    target = ((gap > 20) & ~((gap > 40) & (gap < 44))).astype(float)
    trees = SMALL_TREES.fit(free, matrix, target, np.ones(len(target)))
    assert "gap_days" in sign_violations(trees, COLUMNS, matrix)


@pytest.mark.parametrize("place", [1, 2, 98, 178])
def test_one_step_down_among_more_than_sixty_thresholds_is_found(place: int) -> None:
    """Up by one at every threshold, and down by a half at one: over any three of them the score still rises."""
    columns, matrix = Columns((Column("gap_days", 1),)), np.array([[0.0], [180.0]])
    rising = np.ones(180)
    dipping = np.where(np.arange(180) == place, -0.5, rising)
    assert sign_violations(staircase(rising), columns, matrix) == []
    assert sign_violations(staircase(dipping), columns, matrix) == ["gap_days"]


def staircase(steps: np.ndarray) -> BinnedModel:
    """One column with a threshold at 0, 1, 2 and on, each with its step in the score."""
    cuts, parts = tuple(map(float, range(len(steps)))), tuple(map(float, np.cumsum(steps)))
    return BinnedModel(0.0, (Bins(cuts, (0.0, *parts, 0.0)),), "scorecard")


def test_a_feature_nobody_knows_breaks_no_sign() -> None:
    matrix = MATRIX.copy()
    matrix[:, 3] = np.nan
    assert sign_violations(fitted(PLAIN_LOGISTIC), COLUMNS, matrix) == []
