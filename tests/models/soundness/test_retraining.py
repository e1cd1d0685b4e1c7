"""How far reasons agree: by hand on small tables, and across real retrains of made-up loans."""

from dataclasses import replace

import numpy as np
import pytest

from models.logistic import LogisticRecipe
from models.sme_default.spec import QUESTION
from models.soundness.retraining import Stability, adverse_told, drawn_firms, measure_stability, not_drawn, overlap
from tests.factories.granted_loans import labelled_loans, quick_model


def flags(*rows: str) -> np.ndarray:
    return np.array([[mark == "x" for mark in row] for row in rows])


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        pytest.param(flags("xxxx-"), flags("xxxx-"), 1.0, id="the same four"),
        pytest.param(flags("xxxx-"), flags("-xxxx"), 0.75, id="three of four"),
        pytest.param(flags("xxxx-"), flags("xx---"), 0.5, id="who tells more counts"),
        pytest.param(flags("xx---", "-----"), flags("xx---", "-----"), 1.0, id="a row without reasons says nothing"),
        pytest.param(flags("xx---", "-----"), flags("xx---", "x----"), 0.5, id="a reason only one of them tells"),
        pytest.param(flags("-----"), flags("-----"), 1.0, id="nobody tells any"),
    ],
)
def test_overlap_is_what_is_shared_of_the_longer_list(one: np.ndarray, other: np.ndarray, shared: float) -> None:
    assert overlap(one, other) == overlap(other, one) == shared


def measured(penalty: float) -> Stability:
    labelled = labelled_loans()
    train, calibrate, judged = (QUESTION.part(labelled, period) for period in ("train", "calibrate", "test"))
    model, recipe = quick_model(labelled), LogisticRecipe(penalty=penalty)
    return measure_stability(model, recipe, train, calibrate, judged, retrains=3)


def test_what_is_told_is_what_an_answer_tells() -> None:
    labelled = labelled_loans()
    model, rows = quick_model(labelled), labelled.rows.take(np.arange(20))
    answers = model.score_many(labelled.frame.head(20))
    told = [{model.codes.codes[code] for code in np.flatnonzero(row)} for row in adverse_told(model, rows)]
    assert told == [{r.code for r in answer.reasons if r.direction == "adverse"} for answer in answers]


def test_the_same_rows_give_the_same_figure_between_those_of_the_pairs() -> None:
    loose = measured(1.0)
    assert loose == measured(1.0)
    assert 0 < loose.lowest <= loose.overlap <= loose.highest <= 1


def test_what_is_fitted_too_calibrates_by_the_firms_that_were_not_drawn() -> None:
    rows = QUESTION.part(labelled_loans(), "train")
    (drawn,) = drawn_firms(rows, 1)
    left = not_drawn(rows, drawn)
    assert set(left.firm) == set(rows.firm) - set(drawn.firm)
    assert len(left) == np.isin(rows.firm, left.firm).sum() > 0


def test_firms_are_drawn_with_all_their_rows() -> None:
    rows = QUESTION.part(labelled_loans(), "train")
    rows = replace(rows, firm=np.arange(len(rows)) // 10, target=np.arange(len(rows)).astype(float))
    for drawn in drawn_firms(rows, 2):
        firms, counts = np.unique(drawn.firm, return_counts=True)
        assert len(firms) < len(np.unique(rows.firm))
        assert all(count % (rows.firm == firm).sum() == 0 for firm, count in zip(firms, counts, strict=True))
        assert np.array_equal(drawn.target // 10, drawn.firm)
