"""Scorecards and EBMs: exact parts, declared signs, the same after a night on disk; and what is missing is said."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from bureau.errors import InvalidInput, UnknownName
from models.artefact import read_model, write_model
from models.baselines import BASELINES, baselines, of_kind
from models.binned import BinnedModel, Bins
from models.columns import Column, Columns
from models.cross_validation import Division
from models.ebm import EBMRecipe, tables_of
from models.invoice_default.train import fit
from models.predictor import Recipe
from models.shelf import SPECS, find_question
from models.sign_check import sign_violations
from models.woe_scorecard import ScorecardRecipe
from tests.factories.portfolio import COLUMNS, portfolio, scoring_model
from tests.factories.verdicts import VERDICT_DAY, labelled_verdicts


def installed(module: str) -> pytest.MarkDecorator:
    present = importlib.util.find_spec(module) is not None
    return pytest.mark.skipif(not present, reason=f"{module} is not installed: make contenders")


PLAIN = ScorecardRecipe(penalty=2.0)
RECIPES = [
    pytest.param(PLAIN, id="scorecard"),
    pytest.param(ScorecardRecipe(penalty=2.0, optimal=True), id="optbinning", marks=installed("optbinning")),
    pytest.param(EBMRecipe(outer_bags=2), id="ebm", marks=installed("interpret")),
]
UNSEEN = COLUMNS.matrix(portfolio(seed=9)[0])


def fitted(recipe: Recipe) -> BinnedModel:
    frame, target = portfolio()
    model = recipe.fit(COLUMNS, COLUMNS.matrix(frame), target, np.ones(len(target)))
    assert isinstance(model, BinnedModel)
    return model


@pytest.mark.parametrize("recipe", RECIPES)
def test_parts_add_up_and_average_nothing_over_the_rows_they_were_learnt_from(recipe: Recipe) -> None:
    model, seen = fitted(recipe), COLUMNS.matrix(portfolio()[0])
    assert model.parts(UNSEEN)[1].sum(axis=1) == pytest.approx(model.raw(UNSEEN), abs=1e-12)
    assert model.parts(seen)[1][:, :-1].mean(axis=0) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("recipe", RECIPES)
def test_risk_keeps_to_the_declared_signs_and_is_told_apart(recipe: Recipe) -> None:
    model, (frame, target) = fitted(recipe), portfolio(seed=9)
    raw = model.raw(COLUMNS.matrix(frame))
    assert sign_violations(model, COLUMNS, UNSEEN) == []
    assert raw[target == 1].mean() > raw[target == 0].mean() + 0.5


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_version_read_again_gives_equal_answers(recipe: Recipe, tmp_path: Path) -> None:
    model = scoring_model(recipe, name="1")
    sha256 = write_model(tmp_path / "1", model, portfolio(seed=4)[0][:3].to_dicts(), {"trained_as_of": "2022-06-30"})
    again = read_model(tmp_path / "1", "1", sha256=sha256)
    frame = portfolio(seed=8)[0]
    assert again.predictor == model.predictor
    assert again.score_many(frame) == model.score_many(frame)


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_was_never_seen_and_what_is_missing_have_a_part_of_their_own(recipe: Recipe) -> None:
    grades = fitted(recipe).columns[-1]
    assert grades.cuts is None
    assert len(grades.parts) == 5
    unknown, missing = grades.part(np.array([9.0, np.nan]))
    assert unknown == missing == grades.parts[-1]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        pytest.param(-5.0, 1.0, id="below all cuts"),
        pytest.param(0.0, 1.0, id="on a cut: the bin it ends"),
        pytest.param(0.5, 2.0, id="between"),
        pytest.param(1.0, 2.0, id="on the last cut"),
        pytest.param(7.0, 3.0, id="above all"),
        pytest.param(np.nan, 4.0, id="missing"),
    ],
)
def test_a_cut_is_the_last_value_of_its_bin(value: float, part: float) -> None:
    assert Bins((0.0, 1.0), (1.0, 2.0, 3.0, 4.0)).part(np.array([value])) == [part]


def test_a_column_without_any_value_adds_nothing_to_tell_firms_apart_by() -> None:
    columns, target = Columns((Column("x", 1), Column("empty", 1))), np.repeat([0.0, 1.0], 50)
    matrix = np.column_stack([np.arange(100.0), np.full(100, np.nan)])
    model = PLAIN.fit(columns, matrix, target, np.ones(100))
    assert model.columns[1].part(np.array([np.nan, 3.0])) == pytest.approx(0.0, abs=1e-12)


@installed("interpret")
def test_an_ebm_as_a_table_says_what_interpret_says() -> None:
    from interpret.glassbox import ExplainableBoostingClassifier  # type: ignore[import-not-found,unused-ignore]

    frame, target = portfolio()
    matrix = COLUMNS.matrix(frame)
    kinds = ["continuous" if one.categories is None else "nominal" for one in COLUMNS.columns]
    machine = ExplainableBoostingClassifier(feature_types=kinds, interactions=0, outer_bags=2, n_jobs=1)
    machine.fit(matrix, target.astype(int))
    table = BinnedModel(float(machine.intercept_[0]), tables_of(machine, COLUMNS), "ebm")
    rows = np.vstack([UNSEEN, matrix[:1] * np.nan])
    assert table.raw(rows) == pytest.approx(machine.decision_function(rows), abs=1e-9)


def test_a_question_is_put_to_one_kind_alone() -> None:
    spec = SPECS["sme_default"]
    assert of_kind(spec, "scorecard").recipes == (baselines()["scorecard"],)
    assert of_kind(spec, "logistic").recipes == (spec.recipes[1],)


def test_a_kind_there_is_not_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="scorecard"):
        of_kind(SPECS["sme_default"], "scorecrad")


def test_an_ebm_without_interpret_is_refused_with_the_way_to_have_it() -> None:
    spec = SPECS["sme_default"]
    if importlib.util.find_spec("interpret") is None:
        with pytest.raises(InvalidInput, match="make contenders"):
            of_kind(spec, "ebm")
    else:
        assert of_kind(spec, "ebm").recipes == (BASELINES["ebm"],)


def test_a_model_of_other_outcomes_is_not_divided_by_time() -> None:
    with pytest.raises(InvalidInput, match="Ask: sme_default"):
        find_question("invoice_default")


def test_a_verdict_without_days_is_answered_by_a_scorecard_alone() -> None:
    spec, division = of_kind(SPECS["invoice_default"], "scorecard"), Division(repeats=2, folds=3, seed=1)
    trained = fit(labelled_verdicts(), labelled_verdicts(seed=2), VERDICT_DAY, division, spec)
    assert trained.model.predictor.kind == "scorecard"
    assert trained.said[0] == "One kind of model was asked for, so nothing was compared."
