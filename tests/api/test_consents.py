"""Consents: registered, listed page by page, revoked at once, and nobody else's business."""

import json
from typing import Any

import pytest
from httpx import Client

from tests.factories.deployments import Caller
from tests.factories.lakes import ACME, BETA

BODY: dict[str, Any] = {
    "subject": {"uscc": ACME},
    "products": ["P07"],
    "purposes": ["pre_loan"],
    "valid_from": "2020-01-01",
    "valid_to": "2099-12-31",
    "granted_by": "asserted",
    "document_sha256": "0" * 64,
}


def test_a_consent_is_registered_and_read_again(bank: Caller) -> None:
    made = bank.post("/v1/consents", BODY)
    assert made.status_code == 201
    assert made.json()["status"] == "active"
    assert bank.get(f"/v1/consents/{made.json()['consent_id']}").json() == made.json()
    assert made.json()["subject"]["uscc"] == ACME


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        pytest.param({"valid_from": "2098-01-01"}, "pending", id="not yet"),
        pytest.param({"valid_to": "2020-01-02"}, "expired", id="no more"),
    ],
)
def test_a_consent_holds_between_its_days(bank: Caller, changes: dict[str, str], status: str) -> None:
    assert bank.post("/v1/consents", BODY | changes).json()["status"] == status


def test_a_product_that_is_no_text_is_malformed(bank: Caller) -> None:
    headers = bank.headers | {"Content-Type": "application/json"}
    answer = bank.http.post("/v1/consents", content=json.dumps(BODY | {"products": ["\ud800"]}), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-request")


def test_revoking_is_immediate_and_final(bank: Caller) -> None:
    consent = bank.consent(ACME, ["P07"])
    revoked = bank.delete(f"/v1/consents/{consent['consent_id']}").json()
    assert revoked["status"] == "revoked"
    assert bank.delete(f"/v1/consents/{consent['consent_id']}").json() == revoked


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"subject": {"uscc": ACME[:-1] + "0"}}, 422, "impossible-uscc", id="impossible code"),
        pytest.param({"products": ["P99"]}, 404, "unknown-product", id="unknown product"),
        pytest.param({"products": []}, 422, "malformed-request", id="no product"),
        pytest.param({"purposes": ["curiosity"]}, 422, "malformed-request", id="no such purpose"),
        pytest.param({"valid_from": "2026-02-30"}, 422, "malformed-request", id="impossible date"),
        pytest.param({"valid_to": "2019-12-31"}, 400, "invalid-input", id="ends before it begins"),
        pytest.param({"document_sha256": None}, 400, "invalid-input", id="asserted without a document"),
        pytest.param({"document_sha256": "abc"}, 422, "malformed-request", id="no digest"),
        pytest.param({"surprise": 1}, 422, "malformed-request", id="unknown field"),
    ],
)
def test_what_cannot_be_meant_is_refused(bank: Caller, changes: dict[str, Any], status: int, code: str) -> None:
    answer = bank.post("/v1/consents", BODY | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_list_comes_in_pages_newest_first(bank: Caller) -> None:
    made = [bank.consent(BETA, ["P07"])["consent_id"] for _ in range(3)]
    first = bank.get("/v1/consents", params={"limit": 2}).json()
    assert [item["consent_id"] for item in first["items"]] == made[:0:-1]
    second = bank.get("/v1/consents", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert second["items"][0]["consent_id"] == made[0]


def test_the_last_page_names_no_next(bank: Caller) -> None:
    assert bank.get("/v1/consents", params={"limit": 200}).json()["next_cursor"] is None


@pytest.mark.parametrize("limit", [0, 201, "many"])
def test_a_page_has_a_size(bank: Caller, limit: int | str) -> None:
    assert bank.get("/v1/consents", params={"limit": limit}).status_code == 422


def test_another_institution_sees_nothing(bank: Caller, other_bank: Caller) -> None:
    consent = bank.consent(ACME, ["P07"])["consent_id"]
    for answer in (other_bank.get(f"/v1/consents/{consent}"), other_bank.delete(f"/v1/consents/{consent}")):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-object")
    assert other_bank.get("/v1/consents").json()["items"] == []
    assert bank.get(f"/v1/consents/{consent}").json()["status"] == "active"


def test_a_product_manager_has_no_consents(manager: Caller, http: Client) -> None:
    answer = manager.get("/v1/consents")
    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-permitted")
