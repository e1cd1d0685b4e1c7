"""Advice: only what helps, scored again by the same model."""

import pytest

from products.desk import Desk
from products.product import AdviceStep, find_product
from products.reports.advice import find_advice
from products.reports.producing import produce_report
from tests.factories.desks import CROWD, SOUND, TROUBLED, grant_for
from tests.factories.portfolio import scoring_model

MODEL = scoring_model()
FIRM = {
    "sales_fen": 3e7,
    "sales_change": 0.0,
    "gap_days": 60.0,
    "arrears_count": 3.0,
    "invoice_size_fen": 2e5,
    "tax_grade": "A",
}


def step(feature: str, to: float, **also: float) -> AdviceStep:
    return AdviceStep(feature=feature, to=to, also=also, text="做", text_en="do")


def advice(*steps: AdviceStep, **changes: float | str | None) -> list[tuple[str, float | int | str | None, int]]:
    values = FIRM | changes
    found = find_advice(steps, MODEL, values, MODEL.score(values))
    return [(one.feature, one.from_, one.score_after) for one in found]


def test_advice_is_scored_again_by_the_same_model() -> None:
    found = advice(step("arrears_count", 0))
    assert found == [("arrears_count", 3.0, MODEL.score(FIRM | {"arrears_count": 0.0}).score)]
    assert found[0][2] > MODEL.score(FIRM).score


def test_what_tells_the_same_story_moves_with_it() -> None:
    together = MODEL.score(FIRM | {"arrears_count": 0.0, "gap_days": 10.0}).score
    assert advice(step("arrears_count", 0, gap_days=10))[0][2] == together


@pytest.mark.parametrize(
    ("asked", "changes"),
    [
        pytest.param(step("arrears_count", 0), {"arrears_count": 0.0}, id="already there"),
        pytest.param(step("gap_days", 60), {}, id="nothing to gain"),
        pytest.param(step("gap_days", 90), {}, id="a step in the wrong direction"),
        pytest.param(step("arrears_count", 0), {"arrears_count": None}, id="a value nobody knows"),
        pytest.param(step("invoice_size_fen", 1), {}, id="a feature without a better side"),
        pytest.param(step("insured_staff", 50), {}, id="a feature the model does not read"),
    ],
)
def test_no_advice_where_it_does_not_help(asked: AdviceStep, changes: dict[str, float | None]) -> None:
    assert advice(asked, **changes) == []


def test_the_most_helpful_comes_first() -> None:
    found = advice(step("gap_days", 40), step("arrears_count", 0), step("sales_fen", 1e9))
    assert [after for *_, after in found] == sorted((after for *_, after in found), reverse=True)
    assert len(found) > 1


def test_advice_in_a_report_raises_the_score(city: Desk) -> None:
    product = find_product("P07")
    for subject in (TROUBLED, *CROWD[::40]):
        content = produce_report(city, product, subject, grant_for(product, subject)).content
        assert all(one["score_after"] > content["result"]["score"] for one in content["advice"])
        assert len(content["advice"]) <= 3


def test_a_sound_firm_gets_no_advice_to_clear_what_it_does_not_owe(city: Desk) -> None:
    product = find_product("P07")
    content = produce_report(city, product, SOUND, grant_for(product, SOUND)).content
    assert "tax_arrears_open" not in {one["feature"] for one in content["advice"]}
