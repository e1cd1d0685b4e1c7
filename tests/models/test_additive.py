"""Additive models in one compiled pass: each column's part is what its term or its bins say of it alone, and the score
is found apart from them, in the pass and by the model itself."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.errors import ContributionsDisagree
from models.additive import Additive
from models.binned import BinnedModel, Bins
from models.gates import artefact_gates
from models.logistic import Logistic, Term
from models.predictor import Recipe
from models.woe_scorecard import ScorecardRecipe
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, portfolio, scoring_model

NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
VALUES = st.one_of(NUMBERS, st.sampled_from([0.0, np.nan, np.inf, -np.inf]))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """A logistic model's term: a number's, or a category's."""
    if draw(st.booleans()):
        return Term((), (), 0.0, 1.0, tuple(draw(st.lists(NUMBERS, min_size=1, max_size=5))))
    knots = sorted(draw(st.sets(NUMBERS, min_size=1, max_size=6)))
    ranks = sorted(draw(st.lists(st.floats(0, 1), min_size=len(knots), max_size=len(knots))))
    return Term(tuple(knots), tuple(ranks), draw(st.floats(0, 1)), draw(st.floats(0.1, 2)), (draw(st.floats(-9, 9)),))


@given(st.lists(terms(), min_size=1, max_size=5), st.data())
def test_a_row_has_the_parts_of_its_terms(laid: list[Term], data: st.DataObject) -> None:
    rows = st.lists(st.tuples(*(value_of(term) for term in laid)), min_size=1, max_size=4)
    matrix = np.array(data.draw(rows), np.float64)
    model = Logistic(0.25, tuple(laid))
    raw, parts = model.parts(matrix)
    for place, term in enumerate(laid):
        assert parts[:, place] == pytest.approx(term.part(matrix[:, place]), rel=1e-12, abs=1e-12)
    assert (parts[:, -1] == 0.25).all()
    assert raw == pytest.approx(parts.sum(axis=1), rel=1e-9, abs=1e-9)
    assert raw == pytest.approx(model.raw(matrix), rel=1e-9, abs=1e-9)


def value_of(term: Term) -> st.SearchStrategy[float]:
    """A value of a term's column: of a number also one on a knot, of a category one it was fitted with."""
    if not term.knots:
        return st.one_of(st.integers(0, len(term.weights) - 1).map(float), st.just(np.nan))
    return st.one_of(VALUES, st.sampled_from(term.knots))


@given(st.sets(NUMBERS, max_size=6), st.data())
def test_a_row_has_the_parts_of_its_bins(cuts: set[float], data: st.DataObject) -> None:
    parts = tuple(float(part) for part in range(len(cuts) + 2))
    bins, levels = Bins(tuple(sorted(cuts)), parts), Bins(None, (0.5, -0.5, 0.125))
    steps = data.draw(st.lists(st.one_of(VALUES, st.sampled_from(sorted(cuts) or [0.0])), min_size=1, max_size=6))
    seen = data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.0, 7.0, np.nan]), min_size=len(steps), max_size=len(steps)))
    matrix = np.column_stack([steps, seen])
    model = BinnedModel(-1.0, (bins, levels), "ebm")
    raw, found = model.parts(matrix)
    assert np.array_equal(found[:, 0], bins.part(matrix[:, 0]))
    assert np.array_equal(found[:, 1], levels.part(matrix[:, 1]))
    assert raw == pytest.approx(found.sum(axis=1))
    assert raw == pytest.approx(model.raw(matrix))


def test_a_model_of_no_columns_says_its_intercept() -> None:
    raw, parts = Additive(0.5, ()).parts(np.empty((2, 0)))
    assert (raw.tolist(), parts.tolist()) == ([0.5, 0.5], [[0.5], [0.5]])


KINDS = [pytest.param(PLAIN_LOGISTIC, id="logistic"), pytest.param(ScorecardRecipe(), id="scorecard")]
OF_THE_PARTS, OF_THE_SCORE = ("_cuts", "_parts", "_kinds"), ("_places", "_log_odds", "_kinds_apart")


@pytest.mark.parametrize(
    ("recipe", "table"),
    [
        *(pytest.param(*kind.values, table) for kind in KINDS for table in (*OF_THE_PARTS, *OF_THE_SCORE)),
        pytest.param(PLAIN_LOGISTIC, "_scales"),
    ],
)
def test_a_pass_whose_numbers_have_changed_gives_no_answer(recipe: Recipe, table: str) -> None:
    """Parts and score share no number, so that either gone wrong misses the other."""
    model, frame = scoring_model(recipe), portfolio(seed=9)[0]
    assert isinstance(model.predictor, Logistic | BinnedModel)
    assert len(model.score_many(frame)) == len(frame)
    numbers = getattr(model.predictor._additive, table)
    numbers[:] = 2 - numbers if "kinds" in table else numbers * 1.01
    with pytest.raises(ContributionsDisagree, match="miss its score by"):
        model.score_many(frame)


@pytest.mark.parametrize("recipe", KINDS)
def test_the_gate_and_the_model_itself_hold_the_whole_pass_to_account(recipe: Recipe) -> None:
    """A pass of another model adds up: it is the score of the model itself that it misses."""
    model, matrix = scoring_model(recipe), COLUMNS.matrix(portfolio(seed=9)[0])
    predictor = model.predictor
    assert isinstance(predictor, Logistic | BinnedModel)
    assert all(gate.passed for gate in artefact_gates(model, matrix))
    vars(predictor)["_additive"] = replace(predictor, intercept=predictor.intercept + 0.01)._additive
    (shut,) = [gate for gate in artefact_gates(model, matrix) if not gate.passed]
    assert (shut.name, "log-odds from its own" in shut.told) == ("additivity", True)
