"""Additive models in one compiled pass: each column's part is what its term or its bins say of it alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.additive import Additive
from models.binned import BinnedModel, Bins
from models.logistic import Logistic, Term

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
    raw, parts = Logistic(0.25, tuple(laid)).parts(matrix)
    for place, term in enumerate(laid):
        assert parts[:, place] == pytest.approx(term.part(matrix[:, place]), rel=1e-12, abs=1e-12)
    assert (parts[:, -1] == 0.25).all()
    assert raw == pytest.approx(parts.sum(axis=1), rel=1e-9, abs=1e-9)


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
    raw, found = BinnedModel(-1.0, (bins, levels), "ebm").parts(matrix)
    assert np.array_equal(found[:, 0], bins.part(matrix[:, 0]))
    assert np.array_equal(found[:, 1], levels.part(matrix[:, 1]))
    assert raw == pytest.approx(found.sum(axis=1))


def test_a_model_of_no_columns_says_its_intercept() -> None:
    raw, parts = Additive(0.5, ()).parts(np.empty((2, 0)))
    assert (raw.tolist(), parts.tolist()) == ([0.5, 0.5], [[0.5], [0.5]])
