"""A need meets loan products: real firms, real scores."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bureau.errors import FieldNotGranted, ImpossibleUscc, ModelNotReleased
from features.lake.marks import mark_record
from products.desk import Desk
from products.matchmaking.content import MatchContent
from products.matchmaking.matching import match
from products.matchmaking.terms import LoanProductTerms, Need
from products.product import find_product
from products.reading import Reading, open_reading
from products.reports.answer import Answer
from products.reports.coverage import data_as_of, marks_of
from tests.factories.desks import BARE, SILENT, SOUND, STRANGER, TROUBLED, city_desk, grant_for
from tests.factories.lakes import instant
from tests.factories.tax import tax_arrears

P31 = find_product("P31")


def terms(**conditions: Any) -> LoanProductTerms:
    written = {
        "name": "税易贷",
        "institution": "前海银行",
        "amount_fen": {"least": 10_000_000, "most": 100_000_000},
        "term_months": {"least": 6, "most": 24},
        "rate_bps": 420,
        "secured": ["credit"],
    }
    return LoanProductTerms.model_validate(written | conditions)


def matched(desk: Desk, subject: str, **offers: LoanProductTerms) -> Answer:
    need = Need(subject=subject, amount_fen=50_000_000, term_months=12)
    return match(desk, need, offers, grant_for(P31))


def conditions(answer: Answer, product: str = "offer") -> dict[str, dict[str, Any]]:
    found = next(one for one in answer.content["result"]["matches"] if one["loan_product"] == product)
    return {condition["condition"]: condition for condition in found["conditions"]}


FULL = terms(
    min_grade="C",
    min_score=500,
    min_months_in_operation={"value": 96, "near": 12},
    max_arrears_fen=0,
    sections=["F"],
    regions=["4403"],
)


def test_one_need_and_one_product_every_condition_told(city: Desk) -> None:
    answer = matched(city, SOUND, offer=FULL)
    assert (answer.product_code, answer.outcome, answer.model_name) == ("P31", "found", "sme_default")
    told = conditions(answer)
    assert set(told) == {
        "amount_fen", "term_months", "secured", "min_grade", "min_score", "min_months_in_operation",
        "max_arrears_fen", "sections", "regions",
    }  # fmt: skip
    assert told["min_months_in_operation"]["value"] == 85
    assert told["min_months_in_operation"]["status"] == "near_miss"
    assert told["max_arrears_fen"]["value"] == 0
    assert told["min_score"]["value"] == answer.content["result"]["score"]
    assert MatchContent.model_validate(answer.content).model_dump(mode="json") == answer.content


def test_a_firm_that_owes_fails_where_none_may_be_owed(city: Desk) -> None:
    told = conditions(matched(city, TROUBLED, offer=FULL))
    assert (told["max_arrears_fen"]["status"], told["max_arrears_fen"]["missed_by"]) == ("fail", 5_000_000)


def test_a_match_tells_the_marks_of_the_records_it_rests_on(tmp_path: Path) -> None:
    desk, known = city_desk(tmp_path), instant("2025-06-28")
    records = {
        "F34": f"F34-{TROUBLED}-2025-01-15",  # enters the score
        "F18": tax_arrears(TROUBLED, arrears_fen=3_000_000)["record_id"],  # enters the profile's arrears
    }
    for key in records.items():
        mark_record(desk.lake, key, "review", from_day=date(2025, 6, 20), known_at=known, made_at=known)
    told = [mark for mark in matched(desk, TROUBLED, offer=FULL).content["marks"] if mark["code"] == "UNDER-REVIEW"]
    assert {mark["feed"]: mark["record_id"] for mark in told} == records
    others = matched(desk, SOUND, offer=FULL).content["marks"]
    assert not [mark for mark in others if mark["code"] == "UNDER-REVIEW"]
    unscored = matched(replace(desk, serving={}), TROUBLED, offer=FULL).content["marks"]
    assert [mark["feed"] for mark in unscored if mark["code"] == "UNDER-REVIEW"] == ["F18"]


def test_a_match_tells_of_the_feeds_behind_its_score_as_of_its_own(city: Desk) -> None:
    later = replace(city, today=date(2025, 12, 30))  # when feeds of both are silent

    def behind(code: str) -> Reading:
        return open_reading(later, later.line(code), SOUND, grant_for(find_product(code)))

    own, score = behind("P31"), behind("P07")
    days = [data_as_of(own), data_as_of(score)]
    content = matched(later, SOUND, offer=FULL).content
    assert content["data_as_of"] == str(max(day for day in days if day is not None))
    told = {(mark["feed"], mark["code"]) for mark in content["marks"]}
    assert told == {(mark.feed, mark.code) for reading in (own, score) for mark in marks_of(reading)}
    assert len(told) == len(content["marks"])
    unscored = matched(replace(later, serving={}), SOUND, offer=FULL).content
    assert unscored["data_as_of"] == str(days[0])
    assert {(mark["feed"], mark["code"]) for mark in unscored["marks"]} == {(m.feed, m.code) for m in marks_of(own)}
    assert len(unscored["marks"]) < len(content["marks"]), "the score rests on feeds of its own"


def test_matches_come_ranked(city: Desk) -> None:
    answer = matched(
        city, SOUND, closed=terms(rate_bps=100, sections=["C"]), dear=terms(rate_bps=500), cheap=terms(rate_bps=400)
    )
    result = answer.content["result"]
    assert [one["loan_product"] for one in result["matches"]] == ["cheap", "dear", "closed"]
    assert result["eligible"] == 2


def test_a_home_of_invoices_matches_by_the_invoice_score(contest: Desk) -> None:
    answer = matched(contest, SOUND, offer=FULL)
    told = conditions(answer)
    assert answer.model_name == "invoice_default"
    assert told["min_score"]["value"] is not None
    assert (told["max_arrears_fen"]["status"], told["max_arrears_fen"]["value"]) == ("fail", None)
    assert "无数据" in told["max_arrears_fen"]["text"]


@pytest.mark.parametrize(
    ("subject", "outcome", "score_known"),
    [
        pytest.param(SILENT, "partial", True, id="scored, not registered"),
        pytest.param(BARE, "partial", False, id="registered, nothing to score"),
        pytest.param(STRANGER, "not_found", False, id="a code nobody delivered"),
    ],
)
def test_what_is_not_known_fails_and_is_told(city: Desk, subject: str, outcome: str, score_known: bool) -> None:
    answer = matched(city, subject, offer=FULL)
    assert answer.outcome == outcome
    assert (conditions(answer)["min_score"]["value"] is not None) == score_known
    assert not answer.content["result"]["matches"][0]["eligible"]


def test_a_loan_that_asks_nothing_of_the_firm_takes_a_stranger(city: Desk) -> None:
    assert matched(city, STRANGER, offer=terms()).content["result"]["eligible"] == 1


def test_where_no_score_is_served_the_other_conditions_still_count(city: Desk) -> None:
    answer = matched(replace(city, serving={}), SOUND, offer=FULL)
    told = conditions(answer)
    assert (told["min_grade"]["status"], told["sections"]["status"]) == ("fail", "pass")
    assert (answer.outcome, answer.model_name) == ("partial", None)


def test_a_score_whose_model_is_not_released_is_no_answer(contest: Desk) -> None:
    with pytest.raises(ModelNotReleased):
        matched(replace(contest, serving={"P07": "sme_default"}), SOUND, offer=FULL)


def test_a_match_needs_its_grant(city: Desk) -> None:
    need = Need(subject=SOUND, amount_fen=50_000_000, term_months=12)
    with pytest.raises(FieldNotGranted):
        match(city, need, {}, grant_for(find_product("P01")))
    with pytest.raises(FieldNotGranted):
        match(city, need, {}, grant_for(P31, TROUBLED))


def test_what_is_no_code(city: Desk) -> None:
    with pytest.raises(ImpossibleUscc):
        matched(city, "阿克美", offer=FULL)
