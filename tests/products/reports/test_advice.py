"""Advice in a report: about what the product may advise on, better with every step, and said so where there is none."""

import pytest

from models.changes import declared_changes
from products.desk import Desk
from products.product import find_product
from products.reports.advice import NO_ADVICE, NO_ADVICE_EN, find_advice
from products.reports.producing import produce_report
from tests.factories.desks import CROWD, SOUND, TODAY, TROUBLED, grant_for
from tests.factories.portfolio import portfolio, scoring_model

P07 = find_product("P07")


@pytest.mark.parametrize("subject", [TROUBLED, *CROWD[::40]])
def test_advice_in_a_report_raises_the_score_step_by_step(city: Desk, subject: str) -> None:
    content = produce_report(city, P07, subject, grant_for(P07, subject)).content
    scores = [content["result"]["score"], *(one["score_after"] for one in content["advice"])]
    assert scores == sorted(set(scores))
    assert len(content["advice"]) <= 3
    assert {one["feature"] for one in content["advice"]} <= {*P07.advice}
    months = {change.feature: change.months for change in declared_changes().can}
    assert all(one["months"] == months[one["feature"]] for one in content["advice"])
    assert ("advice_note" in content) == (not content["advice"])


def test_a_sound_firm_gets_no_advice_to_clear_what_it_does_not_owe(city: Desk) -> None:
    content = produce_report(city, P07, SOUND, grant_for(P07, SOUND)).content
    assert "tax_arrears_open" not in {one["feature"] for one in content["advice"]}
    if not content["advice"]:
        assert (content["advice_note"], content["advice_note_en"]) == (NO_ADVICE, NO_ADVICE_EN)


def test_a_product_that_advises_on_nothing_gives_no_advice() -> None:
    model, values = scoring_model(), portfolio()[0].row(0, named=True)
    assert find_advice((), model, values, model.score(values), TODAY) == []
