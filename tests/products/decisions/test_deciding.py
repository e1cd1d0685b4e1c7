"""The default policy on real small homes: a city firm by P07, a contest firm by P11."""

from dataclasses import replace

import pytest

from bureau.errors import FieldNotGranted, ImpossibleUscc, ProductNotServed
from products.decisions.content import DecisionContent
from products.decisions.deciding import decide, product_of
from products.decisions.policy import find_policy
from products.desk import Desk
from products.lending import Application
from products.product import find_product
from products.reports.answer import Answer
from products.reports.producing import produce_report
from tests.factories.desks import BARE, LISTED, SILENT, SOUND, STRANGER, TROUBLED, grant_for

POLICY = find_policy("default")
ASKED = Application(amount_fen=50_000_000, term_months=12)


def decision(desk: Desk, subject: str, application: Application = ASKED) -> Answer:
    product = product_of(desk, POLICY)
    return decide(desk, subject, application, POLICY, grant_for(product, subject, "decision"))


def rules(answer: Answer) -> dict[str, dict[str, object]]:
    return {rule["id"]: rule for rule in answer.content["rules"]}


def test_a_sound_firm_of_the_city_is_approved(city: Desk) -> None:
    answer = decision(city, SOUND)
    assert (answer.product_code, answer.outcome, answer.content["decision"]) == ("P07", "found", "approve")
    assert (answer.content["limit_fen"], answer.content["term_months"]) == (50_000_000, 12)
    band = POLICY.band(answer.content["result"]["grade"])
    assert band.terms is not None
    assert answer.content["rate_bps"] == band.terms.rate_bps["credit"]
    assert not any(rule["fired"] for rule in answer.content["rules"])


def test_a_troubled_firm_is_declined_with_every_rule_that_fired(city: Desk) -> None:
    answer = decision(city, TROUBLED)
    fired = {name for name, rule in rules(answer).items() if rule["fired"]}
    assert answer.content["decision"] == "decline"
    assert {"DISHONEST-LISTED", "ENFORCEMENT-OPEN", "DEFENDANT-CASES", "TAX-ARREARS-OPEN", "CONTROL-CHANGES"} <= fired
    offered = [answer.content[name] for name in ("limit", "limit_fen", "rate_bps", "term_months")]
    assert offered == [None] * 4
    assert answer.content["grounds"][0]["effect"] == "decline"


def test_every_rule_is_answered_with_how_far_it_was(city: Desk) -> None:
    answered = rules(decision(city, SOUND))
    assert list(answered) == [rule.id for rule in POLICY.rules]
    assert answered["DEFENDANT-CASES"]["missed_by"] == 3
    assert answered["TAX-ARREARS-LARGE"]["missed_by"] == 10_000_000
    assert answered["TAX-ARREARS-OPEN"]["missed_by"] == 0


def test_a_decision_is_a_report_and_more(city: Desk) -> None:
    product = find_product("P07")
    report = produce_report(city, product, SOUND, grant_for(product, SOUND)).content
    content = decision(city, SOUND).content
    assert {key: content[key] for key in report} == report
    assert DecisionContent.model_validate(content).model_dump(mode="json") == content


def test_the_answer_says_whose_policy_it_was(city: Desk) -> None:
    policy = decision(city, SOUND).content["policy"]
    assert (policy["name"], policy["version"]) == ("default", 1)
    assert "自有政策" in policy["statement"]
    assert "own policy" in policy["statement_en"]


def test_a_feed_never_received_skips_its_rule_and_says_so(city: Desk) -> None:
    power = rules(decision(city, SOUND))["POWER-ARREARS"]
    assert (power["fired"], power["state"], power["effect"]) == (False, "not_received", None)
    assert "未接入F47" in str(power["text"])


def test_a_firm_known_by_its_invoices_alone_can_be_approved(contest: Desk) -> None:
    answer = decision(contest, SOUND)
    assert (answer.product_code, answer.content["decision"]) == ("P11", "approve")
    states = {name: rule["state"] for name, rule in rules(answer).items()}
    assert {name for name, state in states.items() if state == "not_received"} == {
        "DISHONEST-LISTED", "ENFORCEMENT-LARGE", "ENFORCEMENT-OPEN", "DEFENDANT-CASES", "PENALTIES", "TAX-GRADE-D",
        "TAX-ARREARS-LARGE", "TAX-ARREARS-OPEN", "CONTROL-CHANGES", "POWER-ARREARS",
    }  # fmt: skip
    assert (states["AGE"], states["SALES-HISTORY"]) == ("missing", "clear")


def test_a_firm_that_stopped_invoicing_is_declined(contest: Desk) -> None:
    answer = decision(contest, SILENT)
    assert answer.content["decision"] == "decline"
    assert rules(answer)["SALES-STOPPED"]["fired"]


@pytest.mark.parametrize("subject", [BARE, STRANGER], ids=["registered only", "a code nobody delivered"])
def test_nothing_found_is_for_a_person_to_look_at(city: Desk, subject: str) -> None:
    answer = decision(city, subject)
    content = answer.content
    assert (answer.outcome, content["decision"], content["result"]) == ("not_found", "refer", None)
    assert (content["limit_fen"], content["rate_bps"], content["term_months"]) == (None,) * 3
    assert "no_record" in {ground["kind"] for ground in content["grounds"]}
    assert (content["model"], answer.model_name) == (None, "sme_default")


def test_a_listed_firm_is_declined_though_there_is_nothing_to_score(city: Desk) -> None:
    answer = decision(city, LISTED)
    assert (answer.outcome, answer.content["decision"]) == ("not_found", "decline")
    assert rules(answer)["DISHONEST-LISTED"]["fired"]


def test_an_application_has_rules_too(city: Desk) -> None:
    large = decision(city, SOUND, Application(amount_fen=300_000_001, term_months=12))
    secured = decision(city, SOUND, Application(amount_fen=300_000_001, term_months=12, secured="mortgage"))
    assert rules(large)["CREDIT-TOO-LARGE"]["fired"]
    assert not rules(secured)["CREDIT-TOO-LARGE"]["fired"]
    assert large.content["decision"] == "refer"


def test_a_limit_is_a_share_of_sales(city: Desk) -> None:
    limit = decision(city, SOUND, Application(amount_fen=250_000_000, term_months=12)).content["limit"]
    assert limit["allowed_fen"] <= limit["basis_fen"] * limit["share_bp"] // 10_000
    assert limit["limit_fen"] == min(limit["allowed_fen"], 250_000_000)


def test_the_same_question_has_the_same_answer(city: Desk) -> None:
    assert decision(city, TROUBLED) == decision(city, TROUBLED)


def test_a_decision_needs_the_fields_of_a_decision(city: Desk) -> None:
    product = find_product("P07")
    with pytest.raises(FieldNotGranted, match="sales_history_months"):
        decide(city, SOUND, ASKED, POLICY, grant_for(product, SOUND))


def test_no_product_of_the_policy_is_served(city: Desk) -> None:
    with pytest.raises(ProductNotServed, match="P07 or P11"):
        product_of(replace(city, serving={}), POLICY)


def test_what_is_no_code(city: Desk) -> None:
    with pytest.raises(ImpossibleUscc):
        decision(city, "91440300")
