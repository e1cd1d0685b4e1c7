"""Webhooks over HTTP: registered, listed, ended; another bank's are not there."""

import json

import pytest

from tests.factories.deployments import Caller

ADDRESS = {"url": "https://10.0.0.1/hook", "topics": ["statement.issued"]}


@pytest.fixture(scope="module")
def webhook(bank: Caller) -> dict[str, str]:
    answer = bank.post("/v1/webhooks", ADDRESS)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_the_secret_is_shown_once(bank: Caller, webhook: dict[str, str]) -> None:
    assert webhook["secret"].startswith("whsec_")
    listed = bank.get("/v1/webhooks").json()["items"]
    assert [one["webhook_id"] for one in listed] == [webhook["webhook_id"]]
    assert webhook["secret"] not in bank.get("/v1/webhooks").text


def test_another_bank_neither_sees_nor_ends_it(other_bank: Caller, webhook: dict[str, str]) -> None:
    place = f"/v1/webhooks/{webhook['webhook_id']}"
    assert other_bank.get("/v1/webhooks").json()["items"] == []
    answers = [
        other_bank.get(f"{place}/deliveries"),
        other_bank.delete(place),
        other_bank.post(f"{place}/replay", {"since": "2026-01-01T00:00:00Z"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_nothing_was_sent_yet(bank: Caller, webhook: dict[str, str]) -> None:
    place = f"/v1/webhooks/{webhook['webhook_id']}"
    assert bank.get(f"{place}/deliveries").json() == {"items": [], "next_cursor": None}
    assert bank.post(f"{place}/replay", {"since": "2026-01-01T00:00:00Z"}).json() == {"events": 0}


def test_it_ends_once(bank: Caller, webhook: dict[str, str]) -> None:
    place = f"/v1/webhooks/{webhook['webhook_id']}"
    ended = bank.delete(place).json()["ended_at"]
    assert ended is not None
    assert bank.delete(place).json()["ended_at"] == ended


def test_nothing_is_sent_again_to_one_that_has_ended(bank: Caller) -> None:
    made = bank.post("/v1/webhooks", ADDRESS).json()["webhook_id"]
    bank.delete(f"/v1/webhooks/{made}")
    answer = bank.post(f"/v1/webhooks/{made}/replay", {"since": "2026-01-01T00:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    assert "POST /v1/webhooks" in answer.json()["detail"]


def test_a_topic_that_is_no_text_is_malformed(bank: Caller) -> None:
    headers = bank.headers | {"Content-Type": "application/json"}
    answer = bank.http.post("/v1/webhooks", content=json.dumps(ADDRESS | {"topics": ["\ud800"]}), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-request")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"url": "http://10.0.0.1/hook"}, id="clear text"),
        pytest.param({"url": "https://127.0.0.1/hook"}, id="the platform itself"),
        pytest.param({"topics": ["everything"]}, id="an unknown topic"),
    ],
)
def test_what_cannot_be_registered(bank: Caller, changes: dict[str, object]) -> None:
    answer = bank.post("/v1/webhooks", ADDRESS | changes)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-input")
