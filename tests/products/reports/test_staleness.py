"""Every answer that rests on a feed that went silent says so, and which day its newest delivery arrived."""

from dataclasses import replace
from datetime import timedelta

import pytest

from products.desk import Desk
from products.product import find_product
from products.reports.producing import produce_report
from tests.factories.desks import SOUND, TODAY, grant_for


def told(desk: Desk, code: str) -> tuple[str, dict[str, str]]:
    product = find_product(code)
    answer = produce_report(desk, product, SOUND, grant_for(product, SOUND))
    stale = [mark for mark in answer.content["marks"] if mark["code"] == "FEED-STALE"]
    return answer.outcome, {mark["feed"]: mark["text_en"] for mark in stale}


@pytest.mark.parametrize("code", ["P01", "P07"])
def test_a_fresh_answer_bears_no_mark(city: Desk, code: str) -> None:
    outcome, marks = told(city, code)
    assert (outcome in ("found", "partial"), marks) == (True, {})


@pytest.mark.parametrize("code", ["P01", "P07"])
def test_years_later_silent_feeds_are_marked(city: Desk, code: str) -> None:
    found, marks = told(replace(city, today=TODAY + timedelta(days=900)), code)
    assert found == "stale"
    assert marks
    assert all("last arrived on 2025-" in text for text in marks.values())
