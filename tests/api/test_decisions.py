"""A decision is a report with a verdict, charged once, and its outcome is the bank's to tell."""

from pathlib import Path
from typing import Any

import pytest

from api.decisions import Decision
from bureau.settings import Settings
from tests.factories.deployments import Caller, body_of, scored_home
from tests.factories.desks import SOUND, STRANGER, TROUBLED

APPLICATION = {"amount_fen": 30_000_000, "term_months": 12, "use": "working_capital", "secured": "credit"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scored_home(Path(tmp_path_factory.mktemp("scored")))


def decide(bank: Caller, subject: str, **changes: Any) -> Any:
    consent = bank.consent(subject, ["P07"])["consent_id"]
    body = {"subject": {"uscc": subject}, "purpose": "pre_loan", "consent_id": consent, "application": APPLICATION}
    return bank.post("/v1/decisions", body | changes)


@pytest.mark.parametrize("subject", [SOUND, TROUBLED], ids=["a sound firm", "a troubled firm"])
def test_a_decision_adds_up(bank: Caller, subject: str) -> None:
    answer = decide(bank, subject)
    decision = body_of(answer)
    assert answer.status_code == 201
    Decision.model_validate(decision)
    result = decision["result"]
    points = sum(reason["points"] for reason in decision["reasons"])
    assert result["base_points"] + points + decision["other_points"] == result["score"]
    assert decision["policy"]["name"] == "default"
    assert decision["charge"]["amount_fen"] == 800


def test_a_troubled_firm_is_not_approved(bank: Caller) -> None:
    decision = body_of(decide(bank, TROUBLED))
    assert decision["decision"] in ("refer", "decline")
    assert any(rule["fired"] for rule in decision["rules"])


def test_nothing_known_is_no_approval_and_costs_nothing(bank: Caller) -> None:
    decision = body_of(decide(bank, STRANGER))
    assert decision["outcome"] == "not_found"
    assert decision["decision"] != "approve"
    assert decision["charge"]["amount_fen"] == 0


def test_a_score_adds_up_and_leads_to_records(bank: Caller) -> None:
    consent = bank.consent(TROUBLED, ["P07"])["consent_id"]
    report = body_of(bank.report(TROUBLED, "P07", consent_id=consent))
    points = sum(reason["points"] for reason in report["reasons"])
    assert report["result"]["base_points"] + points + report["other_points"] == report["result"]["score"]
    assert any(reason["evidence"] for reason in report["reasons"])


def test_the_page_of_a_decision_shows_the_verdict_and_every_reason(bank: Caller) -> None:
    answer = decide(bank, TROUBLED)
    decision = body_of(answer)
    page = bank.get(f"{answer.headers['Location']}/html").text
    for reason in decision["reasons"]:
        assert reason["text"] in page
        assert f"{reason['points']:+d}".replace("-", "−") in page
    for ground in decision["grounds"]:
        assert ground["text"] in page
    assert all(rule["id"] in page for rule in decision["rules"])


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"policy": "generous"}, 400, "unknown-name", id="no such policy"),
        pytest.param({"application": APPLICATION | {"amount_fen": 0}}, 422, "malformed-request", id="no amount"),
        pytest.param({"application": APPLICATION | {"secured": "word"}}, 422, "malformed-request", id="no security"),
        pytest.param({"consent_id": None}, 403, "consent-missing", id="no consent"),
    ],
)
def test_what_cannot_be_decided(bank: Caller, changes: dict[str, Any], status: int, code: str) -> None:
    answer = decide(bank, SOUND, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_bank_tells_what_it_did_and_how_it_went(bank: Caller) -> None:
    place = f"/v1/decisions/{body_of(decide(bank, SOUND))['report_id']}/outcome"
    action = {"kind": "action", "action": "approved", "amount_fen": 20_000_000, "rate_bps": 450, "term_months": 12}
    performance = {"kind": "performance", "day": "2026-06-30", "balance_fen": 10_000_000, "dpd": 0, "class5": "正常"}
    assert bank.post(place, action).status_code == 201
    assert bank.post(place, performance).status_code == 201
    told = [item["told"] for item in bank.get(place).json()["items"]]
    assert [one["kind"] for one in told] == ["action", "performance"]
    assert told[0]["amount_fen"] == 20_000_000


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"kind": "rumour"}, id="no such kind"),
        pytest.param({"kind": "action", "action": "approved", "amount_fen": 1.5}, id="half a fen"),
        pytest.param({"kind": "performance", "day": "2026-06-30", "balance_fen": -1, "dpd": 0}, id="below zero"),
    ],
)
def test_malformed_outcomes(bank: Caller, told: dict[str, Any]) -> None:
    place = f"/v1/decisions/{body_of(decide(bank, SOUND))['report_id']}/outcome"
    assert bank.post(place, told).status_code == 422


def test_only_its_own_decisions(bank: Caller, other_bank: Caller) -> None:
    identity = body_of(decide(bank, SOUND))["report_id"]
    told = {"kind": "action", "action": "declined"}
    answer = other_bank.post(f"/v1/decisions/{identity}/outcome", told)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-object")
    answer = other_bank.get(f"/v1/decisions/{identity}/outcome")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-object")


def test_a_report_is_no_decision(bank: Caller) -> None:
    report = body_of(bank.report(SOUND))["report_id"]
    answer = bank.post(f"/v1/decisions/{report}/outcome", {"kind": "action", "action": "declined"})
    assert answer.status_code == 404
