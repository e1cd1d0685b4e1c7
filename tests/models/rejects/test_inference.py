"""Each way to learn from refusals, on made-up applications whose outcomes we know and the methods do not."""

from dataclasses import replace

import numpy as np
import pytest

from models.columns import Column, Columns
from models.cross_validation import Rows
from models.logistic import LogisticRecipe
from models.rejects.inference import (
    METHODS,
    PRUDENCE,
    Inferred,
    Method,
    Period,
    fuzzy,
    granted_only,
    infer,
    inverse_probability,
    parcelled,
)

RECIPE = LogisticRecipe(penalty=1.0)
COLUMNS = Columns((Column("seen", 1), Column("seen by the bank", 1)))


def applications(rows: int, seed: int) -> tuple[Rows, np.ndarray]:
    """All applications with their outcomes, and which a bank grants that looks at the second column."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(rows, 2))
    target = (random.random(rows) < 1 / (1 + np.exp(2 - matrix.sum(axis=1)))).astype(float)
    granted = matrix[:, 1] + random.normal(size=rows) < 0.3
    return Rows(COLUMNS, matrix, target, np.ones(rows), np.arange(rows)), granted


def period(seed: int, rows: int = 4000) -> Period:
    """Of refused applications the target is turned into nonsense: no method may read it."""
    whole, granted = applications(rows, seed)
    refused = whole.take(~granted)
    return Period(whole.take(granted), replace(refused, target=np.full(len(refused), np.nan)))


TRAIN, CALIBRATE = period(1), period(2)
FIRST = infer(RECIPE, TRAIN, CALIBRATE, granted_only)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_no_way_reads_what_became_of_refused_loans(method: Method) -> None:
    unseen = applications(500, seed=3)[0].matrix
    pd = infer(RECIPE, TRAIN, CALIBRATE, method).pd(unseen)
    assert np.isfinite(pd).all()
    assert ((pd > 0) & (pd < 1)).all()


def test_fuzzy_augmentation_adds_each_refused_application_with_the_models_own_word() -> None:
    rows = fuzzy(TRAIN, FIRST)
    refused = len(TRAIN.refused)
    assert len(rows) == len(TRAIN.granted) + 2 * refused
    assert rows.weight.sum() == pytest.approx(TRAIN.granted.weight.sum() + TRAIN.refused.weight.sum())
    bad = rows.weight[len(TRAIN.granted) : len(TRAIN.granted) + refused]
    assert bad == pytest.approx(FIRST.pd(TRAIN.refused.matrix))


def test_parcelling_takes_refused_ones_of_a_band_for_riskier_than_granted_ones() -> None:
    class Flat(Inferred):
        """One band for all."""

        def pd(self, matrix: np.ndarray) -> np.ndarray:
            return np.full(len(matrix), 0.1)

    rows = parcelled(TRAIN, Flat(FIRST.predictor, FIRST.calibration))
    bad = rows.weight[len(TRAIN.granted) : len(TRAIN.granted) + len(TRAIN.refused)]
    assert bad == pytest.approx(np.full(len(bad), TRAIN.granted.target.mean() * PRUDENCE))


def test_loans_granted_against_the_odds_weigh_more() -> None:
    rows = inverse_probability(TRAIN, FIRST)
    disliked = rows.matrix[:, 1] > 1
    assert rows.weight[disliked].mean() > 1.5 * rows.weight[~disliked].mean()
    assert rows.weight.sum() == pytest.approx(len(TRAIN.granted) + len(TRAIN.refused), rel=0.1)


def test_without_refusals_every_way_is_that_of_granted_loans() -> None:
    none = Period(TRAIN.granted, TRAIN.refused.take(np.zeros(len(TRAIN.refused), dtype=np.bool_)))
    for method in (fuzzy, parcelled):
        rows = method(none, FIRST)
        assert np.array_equal(rows.target, TRAIN.granted.target)
        assert np.array_equal(rows.weight, TRAIN.granted.weight)
