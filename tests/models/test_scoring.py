"""A scoring model's answers: whole points that add up exactly, and no answer that does not."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau.errors import ContributionsDisagree
from models.boosted_trees import TreeRecipe
from models.calibration import Platt
from models.logistic import Logistic, LogisticRecipe
from models.scoring import ScoringModel
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, portfolio, scoring_model

KINDS = [pytest.param(SMALL_TREES, id="trees"), pytest.param(PLAIN_LOGISTIC, id="logistic")]
TREES, LOGISTIC = scoring_model(SMALL_TREES), scoring_model(PLAIN_LOGISTIC)


@pytest.mark.parametrize("recipe", KINDS)
def test_base_reasons_and_other_points_make_the_score(recipe: TreeRecipe | LogisticRecipe) -> None:
    model = scoring_model(recipe)
    answers = model.score_many(portfolio(seed=5)[0])
    assert len({answer.score for answer in answers}) > 50
    for answer in answers:
        told = sum(reason.points for reason in answer.reasons)
        assert answer.base_points + told + answer.other_points == answer.score
        assert answer.grade == model.scale.grade(answer.pd)
        assert answer.score == pytest.approx(model.scale.points(np.log(answer.pd / (1 - answer.pd))), abs=0.5)


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {name: st.none() | st.floats(-1e15, 1e15) for name in COLUMNS.names[:-1]}
        | {"tax_grade": st.sampled_from([None, "A", "D", "unheard of"])}
    ),
    st.sampled_from([TREES, LOGISTIC]),
)
def test_any_values_at_all_get_an_answer_that_adds_up(
    values: dict[str, float | str | None], model: ScoringModel
) -> None:
    answer = model.score(values)
    assert answer.base_points + sum(r.points for r in answer.reasons) + answer.other_points == answer.score
    assert 300 <= answer.score <= 850
    assert 0 < answer.pd < 1


@pytest.mark.parametrize(
    ("calibration", "score"),
    [pytest.param(Platt(-40, 1), 850, id="better than the scale"), pytest.param(Platt(40, 1), 300, id="worse")],
)
def test_at_the_ends_of_the_scale_other_points_hold_the_rest(calibration: Platt, score: int) -> None:
    model = replace(TREES, calibration=calibration)
    for answer in model.score_many(portfolio(seed=5)[0][:20]):
        assert answer.score == score
        assert answer.base_points + sum(r.points for r in answer.reasons) + answer.other_points == score


@pytest.mark.parametrize("model", [TREES, LOGISTIC], ids=["trees", "logistic"])
def test_one_row_and_many_rows_say_the_same(model: ScoringModel) -> None:
    frame = portfolio(seed=5)[0][:25]
    assert [model.score(row) for row in frame.to_dicts()] == model.score_many(frame)


def test_no_rows_have_no_answers() -> None:
    assert TREES.score_many(portfolio()[0][:0]) == []


def test_calibrated_contributions_are_the_log_odds_of_the_answer() -> None:
    frame = portfolio(seed=5)[0]
    pds = np.array([answer.pd for answer in TREES.score_many(frame)])
    log_odds = TREES.contributions(COLUMNS.matrix(frame)).sum(axis=1)
    assert log_odds == pytest.approx(np.log(pds / (1 - pds)), abs=1e-9)


@dataclass(frozen=True)
class Untrue(Logistic):
    """A model whose contributions are off by a little."""

    gap: float = 0.0

    def parts(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        raw, parts = super().parts(matrix)
        return raw, parts + self.gap / parts.shape[1]


@pytest.mark.parametrize("gap", [pytest.param(1e-8, id="a hundred-millionth"), pytest.param(np.nan, id="no number")])
def test_reasons_that_do_not_add_up_are_withheld(gap: float) -> None:
    honest = LOGISTIC.predictor
    assert isinstance(honest, Logistic)
    frame = portfolio(seed=5)[0][:3]
    untrue = replace(LOGISTIC, predictor=Untrue(honest.intercept, honest.terms, gap=gap))
    with pytest.raises(ContributionsDisagree, match="withheld"):
        untrue.score_many(frame)
    assert replace(LOGISTIC, predictor=Untrue(honest.intercept, honest.terms)).score_many(frame)
