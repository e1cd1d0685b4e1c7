"""Both kinds of model: exact parts, declared signs, one answer for the same rows."""

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from bureau.errors import InvalidInput
from models.boosted_trees import TreeRecipe, read_trees
from models.columns import Column, Columns
from models.logistic import LogisticRecipe
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, fitted, portfolio

KINDS = [pytest.param(SMALL_TREES, id="trees"), pytest.param(PLAIN_LOGISTIC, id="logistic")]


@pytest.mark.parametrize("recipe", KINDS)
def test_the_parts_add_up_to_the_raw_score(recipe: TreeRecipe | LogisticRecipe) -> None:
    matrix = COLUMNS.matrix(portfolio(seed=9)[0])
    predictor = fitted(recipe)
    assert predictor.parts(matrix)[1].sum(axis=1) == pytest.approx(predictor.raw(matrix), abs=1e-12)


@pytest.mark.parametrize("recipe", KINDS)
def test_the_same_rows_give_the_same_model(recipe: TreeRecipe | LogisticRecipe) -> None:
    matrix = COLUMNS.matrix(portfolio(seed=9)[0])
    assert np.array_equal(fitted(recipe).raw(matrix), fitted(recipe).raw(matrix))


@pytest.mark.parametrize("recipe", KINDS)
@pytest.mark.parametrize("column", [c for c in COLUMNS.columns if c.sign], ids=lambda c: c.name)
def test_risk_follows_the_declared_sign_everywhere(recipe: TreeRecipe | LogisticRecipe, column: Column) -> None:
    frame, _ = portfolio(seed=9)
    predictor, known = fitted(recipe), frame[column.name].drop_nulls()
    grid = np.linspace(float(known.min()) - 1, float(known.max()) + 1, 40)  # type: ignore[arg-type]
    raws = [predictor.raw(COLUMNS.matrix(frame[:50].with_columns(pl.lit(at).alias(column.name)))) for at in grid]
    assert (np.diff(np.array(raws), axis=0) * column.sign >= -1e-12).all()


def test_tree_contributions_are_those_of_the_shap_package() -> None:
    import shap

    matrix = COLUMNS.matrix(portfolio(seed=9)[0][:30])
    trees = fitted(SMALL_TREES)
    explanation = shap.TreeExplainer(trees.booster)(matrix)
    _, parts = trees.parts(matrix)
    assert parts[:, :-1] == pytest.approx(explanation.values, abs=1e-9)
    assert parts[:, -1] == pytest.approx(explanation.base_values, abs=1e-9)


def test_trees_written_and_read_again_score_the_same() -> None:
    matrix = COLUMNS.matrix(portfolio(seed=9)[0])
    trees = fitted(SMALL_TREES)
    assert np.array_equal(read_trees(trees.text).raw(matrix), trees.raw(matrix))


def test_trees_deeper_than_serving_allows_are_refused() -> None:
    with pytest.raises(ValueError, match="6 deep at most"):
        TreeRecipe(depth=7)


def test_logistic_is_scikit_learns_on_standardised_ranks() -> None:
    random = np.random.default_rng(6)
    values = np.round(random.gamma(2, 10, (300, 2)))
    target = (random.random(300) < 1 / (1 + np.exp(1 - 0.1 * (values[:, 0] - values[:, 1])))).astype(float)
    columns = Columns((Column("a"), Column("b")))
    model = LogisticRecipe(penalty=2.0).fit(columns, values, target, np.ones(300))
    ranks = np.column_stack([np.interp(values[:, j], t.knots, t.ranks) for j, t in enumerate(model.terms)])
    x = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    oracle = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(x, target)
    assert model.raw(values) == pytest.approx(oracle.decision_function(x), abs=1e-4)


def test_logistic_gives_no_points_for_what_is_missing() -> None:
    missing = dict.fromkeys(COLUMNS.names)
    assert not fitted(PLAIN_LOGISTIC).parts(COLUMNS.row(missing))[1][0, :-1].any()


def test_logistic_tells_a_category_against_the_average_firm() -> None:
    frame, _ = portfolio()
    model = fitted(PLAIN_LOGISTIC)
    parts = model.parts(COLUMNS.matrix(frame.filter(pl.col("tax_grade").is_not_null())))[1]
    assert parts[:, 5].mean() == pytest.approx(0, abs=1e-9)
    worst = model.parts(COLUMNS.row({**dict.fromkeys(COLUMNS.names), "tax_grade": "D"}))[1]
    assert worst[0, 5] > 0.1


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        pytest.param("C", 2.0, id="a category of training"),
        pytest.param("吊销", np.nan, id="a category never seen"),
        pytest.param(None, np.nan, id="missing"),
    ],
)
def test_a_category_never_seen_counts_as_missing(value: str | None, encoded: float) -> None:
    row = COLUMNS.row({**dict.fromkeys(COLUMNS.names), "tax_grade": value})
    frame = pl.DataFrame({name: [None] for name in COLUMNS.names[:-1]} | {"tax_grade": [value]})
    assert row[0, 5] == pytest.approx(encoded, nan_ok=True)
    assert np.array_equal(COLUMNS.matrix(frame), row, equal_nan=True)


def test_a_feature_that_was_not_given_is_not_taken_as_missing() -> None:
    with pytest.raises(InvalidInput, match="gap_days"):
        COLUMNS.row({name: None for name in COLUMNS.names if name != "gap_days"})
