"""Reports at their boundaries: whole, partial, nothing found, nobody, not served, not granted."""

from dataclasses import replace
from pathlib import Path

import pytest

from bureau.errors import FieldNotGranted, ImpossibleUscc, InvalidInput, ModelNotReleased, ProductNotServed
from bureau.grant import ReadGrant
from features.definitions.library import find_feature
from products.desk import Desk
from products.product import catalogue, fields_of, find_product
from products.reports.answer import Answer
from products.reports.content import ReportContent, ScoreResult
from products.reports.producing import produce_report
from tests.factories.desks import BARE, CROWD, SILENT, SOUND, STRANGER, TODAY, TROUBLED, desk_of, grant_for, loans_desk

P01, P07, P11, P31 = (find_product(code) for code in ("P01", "P07", "P11", "P31"))


def score(desk: Desk, subject: str = TROUBLED) -> Answer:
    return produce_report(desk, P07, subject, grant_for(P07, subject))


def test_a_score_adds_up_and_is_told_with_its_model(city: Desk) -> None:
    for subject in (SOUND, TROUBLED, *CROWD[::40]):
        answer = score(city, subject)
        content = answer.content
        told = sum(reason["points"] for reason in content["reasons"])
        assert content["result"]["base_points"] + told + content["other_points"] == content["result"]["score"]
        assert 300 <= content["result"]["score"] <= 850
        assert content["model"] == {"name": "sme_default", "version": "1"}
        assert (answer.model_name, answer.model_version) == ("sme_default", "1")


def test_an_answer_says_what_it_was_read_with(city: Desk) -> None:
    answer = score(city)
    assert (answer.product_code, answer.product_version, answer.uscc) == ("P07", 2, TROUBLED)
    assert (answer.as_of, answer.snapshot) == (TODAY, city.lake.snapshot())
    assert answer.name == "示例81有限公司"
    assert answer.content["data_as_of"] == "2025-06-25"


def test_the_content_has_the_shape_of_the_contract(city: Desk) -> None:
    content = score(city).content
    assert list(content) == [
        "result", "reasons", "other_points", "advice", "model", "data_as_of", "marks", "notice",
    ]  # fmt: skip
    assert content["notice"].startswith("仅供参考")
    assert ReportContent.model_validate(content).model_dump(mode="json") == content


def test_a_reason_leads_to_records(city: Desk) -> None:
    reasons = {reason["code"]: reason for reason in score(city).content["reasons"]}
    assert reasons
    for reason in reasons.values():
        days = [record["event_date"] for record in reason["evidence"]]
        assert days == sorted(days, reverse=True)
        assert len(days) == min(reason["evidence_count"], 5)
        assert all(record["record_id"] and record["feed"] and record["department"] for record in reason["evidence"])
    assert any(reason["evidence_count"] > 5 for reason in reasons.values())


def test_counts_are_told_as_whole_numbers(city: Desk) -> None:
    features = [feature for reason in score(city).content["reasons"] for feature in reason["features"]]
    counts = [feature["value"] for feature in features if feature["unit"] == "declarations"]
    assert counts
    assert all(isinstance(value, int) for value in counts)


def test_the_same_snapshot_and_day_give_the_same_answer(city: Desk) -> None:
    assert score(city) == score(city) == score(desk_of(city.home))


def test_a_score_reads_as_of_the_day_of_the_desk(city: Desk) -> None:
    before = replace(city, today=TODAY.replace(day=1, month=6))
    assert score(before).outcome == "not_found"


@pytest.mark.parametrize(
    ("product", "subject", "outcome"),
    [
        pytest.param("P07", SOUND, "found", id="every feed has records"),
        pytest.param("P07", SILENT, "partial", id="invoices, but neither registration, taxes nor staff"),
        pytest.param("P07", BARE, "not_found", id="registered, and nothing to score"),
        pytest.param("P07", STRANGER, "not_found", id="a code nobody delivered"),
        pytest.param("P01", SOUND, "found", id="a clean record is a whole answer"),
        pytest.param("P01", BARE, "found", id="registered only"),
        pytest.param("P01", SILENT, "not_found", id="known by its invoices, which are not public"),
        pytest.param("P01", STRANGER, "not_found", id="nothing public of a stranger"),
    ],
)
def test_outcomes_in_the_city(city: Desk, product: str, subject: str, outcome: str) -> None:
    line = find_product(product)
    answer = produce_report(city, line, subject, grant_for(line, subject))
    assert answer.outcome == outcome
    assert (answer.content["result"] is None) == (outcome == "not_found")
    assert (answer.uscc, answer.content["reasons"] == []) == (subject, outcome == "not_found" or product == "P01")


def test_a_partial_answer_says_what_is_missing(city: Desk) -> None:
    marks = score(city, SILENT).content["marks"]
    assert {(mark["code"], mark["feed"]) for mark in marks} == {("NO-RECORD", feed) for feed in ("F01", "F15", "F22")}
    assert all(mark["text"] and mark["text_en"] for mark in marks)


def test_a_feed_never_received_makes_a_report_partial_and_says_so(contest: Desk) -> None:
    answer = produce_report(contest, P01, SOUND, grant_for(P01, SOUND))
    assert answer.outcome == "partial"
    received = {table["feed"]: table["received"] for table in answer.content["result"]["tables"]}
    assert received == {"F01": True, "F02": False, "F26": False, "F27": False, "F28": False, "F34": False}
    assert {mark["code"] for mark in answer.content["marks"]} == {"FEED-NOT-RECEIVED"}


def test_a_score_without_extras_shows_none() -> None:
    shown = ScoreResult(score=688, grade="B", pd=0.0213, base_points=620).model_dump(mode="json")
    assert shown == {"score": 688, "grade": "B", "pd": 0.0213, "base_points": 620}


def test_an_invoice_score_shows_season_and_concentration(contest: Desk) -> None:
    result = produce_report(contest, P11, SOUND, grant_for(P11, SOUND)).content["result"]
    assert [feature["name"] for feature in result["season"]] == ["sales_peak_month_12p", "sales_low_month_12p"]
    assert {feature["name"]: feature["unit"] for feature in result["concentration"]}["sales_top1_bp_12p"] == "bp"
    assert all(feature["value"] is not None for feature in (*result["season"], *result["concentration"]))


def test_an_outside_key_is_a_subject_too(contest: Desk) -> None:
    answer = produce_report(contest, P11, "E0", grant_for(P11, CROWD[0]))
    assert answer.uscc == CROWD[0]
    assert answer.outcome == "found"


def test_what_is_neither_a_code_nor_a_key(city: Desk) -> None:
    with pytest.raises(ImpossibleUscc):
        produce_report(city, P07, "阿克美", grant_for(P07))


@pytest.mark.parametrize(
    "grant",
    [
        pytest.param(grant_for(P07, SOUND), id="another enterprise"),
        pytest.param(replace(grant_for(P07), fields=fields_of(P07) - {"tax_arrears_open"}), id="a feature short"),
        pytest.param(replace(grant_for(P07), fields=fields_of(P07) - {"F16"}), id="a feed short"),
        pytest.param(grant_for(P01), id="another product"),
    ],
)
def test_the_store_enforces_the_grant_again(city: Desk, grant: ReadGrant) -> None:
    with pytest.raises(FieldNotGranted):
        produce_report(city, P07, TROUBLED, grant)


def test_a_product_no_model_serves_here(city: Desk) -> None:
    with pytest.raises(ProductNotServed, match="P11 is not served here"):
        produce_report(city, P11, SOUND, grant_for(P11))


def test_a_model_that_is_not_released(contest: Desk) -> None:
    with pytest.raises(ModelNotReleased, match="sme_default"):
        produce_report(replace(contest, serving={"P07": "sme_default"}), P07, SOUND, grant_for(P07))


def test_matching_is_no_report(city: Desk) -> None:
    with pytest.raises(InvalidInput, match="/v1/needs"):
        produce_report(city, P31, SOUND, grant_for(P31))


def test_every_product_reads_no_more_than_it_lists(city: Desk) -> None:
    for product in catalogue().values():
        if product.kind == "report" or city.serves(product.code):
            answer = produce_report(city, product, SOUND, grant_for(product, SOUND))
            assert answer.outcome == ("partial" if product.code == "P10" else "found")


@pytest.mark.parametrize(("code", "model"), [("P08", "first_loan"), ("P10", "tax_behaviour")])
def test_a_score_of_part_of_the_records_has_reasons_that_lead_to_them(city: Desk, code: str, model: str) -> None:
    product = find_product(code)
    sound, troubled = (produce_report(city, product, firm, grant_for(product, firm)) for firm in (SOUND, TROUBLED))
    assert troubled.content["model"]["name"] == troubled.model_name == model
    assert troubled.content["result"]["score"] < sound.content["result"]["score"]
    cited = {record["feed"] for reason in troubled.content["reasons"] for record in reason["evidence"]}
    assert cited
    assert cited <= {feed for name in product.features() for feed in find_feature(name).feeds}


def test_a_guaranteed_loan_is_scored_by_its_own_model_and_judged_by_its_own_feed(tmp_path: Path) -> None:
    product, desk = find_product("P08"), loans_desk(tmp_path)
    answer = produce_report(desk, product, "7", grant_for(product))
    assert (answer.outcome, answer.model_name, answer.content["marks"]) == ("found", "sba_default", [])
    stranger = produce_report(desk, product, STRANGER, grant_for(product, STRANGER))
    assert stranger.outcome == "not_found"


def test_a_feed_of_another_source_is_not_missed(city: Desk) -> None:
    product = find_product("P08")
    marks = produce_report(city, product, SOUND, grant_for(product, SOUND)).content["marks"]
    assert "F62L" in product.feeds()
    assert "F62L" not in {mark["feed"] for mark in marks}


def test_what_was_never_received_of_the_tax_bureau_is_said(city: Desk) -> None:
    product = find_product("P10")
    marks = produce_report(city, product, SOUND, grant_for(product, SOUND)).content["marks"]
    assert [(mark["code"], mark["feed"]) for mark in marks] == [("FEED-NOT-RECEIVED", "F13")]
