"""Advice: the least effort over the model's own turning points, at most three steps, scored again, or none."""

import pytest

from models.advice import MOST_STEPS, Step, advise
from models.changes import Change
from models.scoring import ScoringModel
from models.turning import turns_of
from tests.factories.portfolio import COLUMNS, PLAIN_LOGISTIC, SMALL_TREES, portfolio, scoring_model

TREES, LOGISTIC = scoring_model(SMALL_TREES), scoring_model(PLAIN_LOGISTIC)
FIRM = {
    "sales_fen": 3e7,
    "sales_change": -0.4,
    "gap_days": 60.0,
    "arrears_count": 3.0,
    "invoice_size_fen": 2e5,
    "tax_grade": "A",
}


def change(feature: str, to: float, months: int = 1, **also: float) -> Change:
    return Change(feature=feature, to=to, months=months, also=also, how="做到{to}", how_en="reach {to}")


ALL = (change("arrears_count", 0), change("gap_days", 5), change("sales_change", 0.2), change("sales_fen", 1e9))


def steps(*changes: Change, model: ScoringModel = TREES, **values: float | str | None) -> tuple[Step, ...]:
    firm = FIRM | values
    return advise(model, firm, model.score(firm).score, changes)


@pytest.mark.parametrize("model", [TREES, LOGISTIC], ids=["trees", "logistic"])
def test_each_step_is_scored_by_the_model_after_those_before_it(model: ScoringModel) -> None:
    found, then, score = steps(*ALL, model=model), dict(FIRM), model.score(FIRM).score
    assert 1 < len(found) <= MOST_STEPS
    for step in found:
        then[step.change.feature] = step.to
        assert step.score_after == model.score(then).score > score
        score = step.score_after


def test_the_first_step_is_the_most_helpful_alone() -> None:
    alone = [steps(one)[0].score_after for one in ALL if steps(one)]
    assert steps(*ALL)[0].score_after == max(alone)


def test_the_least_effort_that_brings_nearly_all_is_asked_for() -> None:
    place = COLUMNS.names.index("gap_days")
    turns = turns_of(TREES.predictor.cuts(place), "days").below(60)
    (step,) = steps(change("gap_days", 0))
    assert step.to in {*turns.tolist(), 0.0}
    gained = step.score_after - TREES.score(FIRM).score
    most = TREES.score({**FIRM, "gap_days": 0.0}).score - TREES.score(FIRM).score
    assert gained >= 0.9 * most
    nearer = [value for value in turns.tolist() if value > step.to]
    assert all(TREES.score({**FIRM, "gap_days": v}).score - TREES.score(FIRM).score < 0.9 * most for v in nearer)


def test_no_step_goes_further_than_can_be_reached() -> None:
    for row in portfolio(40, seed=3)[0].to_dicts():
        for step in advise(TREES, row, TREES.score(row).score, (change("gap_days", 20), change("sales_change", 0.1))):
            assert step.to >= 20 if step.change.feature == "gap_days" else step.to <= 0.1


def test_what_reaches_with_it_is_moved_and_the_step_done_whole() -> None:
    (step,) = steps(change("arrears_count", 0, gap_days=10))
    assert (step.to, step.also) == (0, {"gap_days": 10})
    assert step.score_after == TREES.score({**FIRM, "arrears_count": 0.0, "gap_days": 10.0}).score
    (alone,) = steps(change("arrears_count", 0, gap_days=10), gap_days=4.0)
    assert alone.also == {}


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        pytest.param(change("arrears_count", 0), {"arrears_count": 0.0}, id="already there"),
        pytest.param(change("gap_days", 60), {}, id="nothing to gain"),
        pytest.param(change("gap_days", 90), {}, id="a step in the wrong direction"),
        pytest.param(change("arrears_count", 0), {"arrears_count": None}, id="a value nobody knows"),
        pytest.param(change("invoice_size_fen", 1), {}, id="a feature without a better side"),
        pytest.param(change("insured_staff", 50), {}, id="a feature the model does not read"),
    ],
)
def test_there_is_none_where_none_helps(asked: Change, values: dict[str, float | None]) -> None:
    assert steps(asked, **values) == ()


def test_a_faster_step_comes_before_an_equally_helpful_slower_one() -> None:
    slow, fast = change("arrears_count", 0, months=24), change("arrears_count", 0, months=2)
    assert steps(slow, fast)[0].change.months == 2
