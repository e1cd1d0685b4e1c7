"""An enterprise grants a consent itself: the text it read, its one-time code; and is told what others assert."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import Client, Response

from api.access.guessing import WRONG_CODES
from api.access.institutions import find_client
from api.access.one_time_codes import ONE_TIME_CODES, code_at, code_key, step_of
from api.database import ledger_transaction
from api.secret import derived_key
from bureau.clock import now
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol, own_terms
from tests.factories.lakes import ACME, BETA

TERMS = own_terms(ACME)


@pytest.fixture(scope="module")
def acme(settings: Settings, http: Client) -> Caller:
    return enrol(settings, http, "阿克美贸易有限公司", "enterprise", uscc=ACME)


@pytest.fixture(scope="module")
def codes(settings: Settings, acme: Caller) -> Iterator[str]:
    """Good codes of the authenticator, as many as fit into its minute and a half."""
    with ledger_transaction(settings.ledger_url) as session:
        key = code_key(derived_key(settings, ONE_TIME_CODES), find_client(session, acme.client_id))
    return iter([code_at(key, step_of(now() + timedelta(seconds=shift))) for shift in (0, 30, -30)])


def text_of(caller: Caller, **changes: Any) -> Response:
    return caller.post("/v1/consents/text", TERMS | changes)


def grant(caller: Caller, code: str, **changes: Any) -> Response:
    digest = text_of(caller, **changes).json().get("document_sha256", "0" * 64)
    return caller.post("/v1/consents", TERMS | {"document_sha256": digest, "one_time_code": code} | changes)


def test_the_text_names_who_may_ask_what_for_and_until_when(acme: Caller, bank: Caller) -> None:
    text = text_of(acme).json()["text"]
    for fact in (ACME, "农商银行", "P07", "贷前审查", "2020-01-01", "2099-12-31"):
        assert fact in text


def test_it_is_granted_with_the_texts_digest_and_a_code_used_once(
    acme: Caller, bank: Caller, codes: Iterator[str]
) -> None:
    code = next(codes)
    granted = grant(acme, code)
    assert granted.status_code == 201, granted.text
    assert granted.json()["granted_by"] == "enterprise"
    assert granted.json()["document_sha256"] == text_of(acme).json()["document_sha256"]
    consent = granted.json()["consent_id"]
    assert bank.get(f"/v1/consents/{consent}").json()["status"] == "active"
    asked = bank.report(ACME, "P07", consent_id=consent)
    assert asked.json()["code"] == "model-not-released", "past every check of rights"
    again = grant(acme, code)
    assert (again.status_code, again.json()["code"]) == (403, "wrong-one-time-code")
    assert acme.delete(f"/v1/consents/{consent}").json()["status"] == "revoked"
    assert bank.report(ACME, "P07", consent_id=consent).json()["code"] == "consent-revoked"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        pytest.param({"document_sha256": "1" * 64}, 400, "invalid-input", id="another text"),
        pytest.param({"document_sha256": None}, 400, "invalid-input", id="no text"),
        pytest.param({"institution": "无此银行"}, 400, "unknown-name", id="an institution that is none"),
        pytest.param({"institution": "农商很行"}, 400, "unknown-name", id="nearly an institution"),
        pytest.param({"institution": None}, 400, "unknown-name", id="no institution"),
        pytest.param({"subject": {"uscc": BETA}}, 403, "role-not-permitted", id="in another's name"),
        pytest.param(
            {"granted_by": "asserted", "document_sha256": "0" * 64}, 403, "role-not-permitted", id="asserted by itself"
        ),
        pytest.param({"one_time_code": "12345"}, 422, "malformed-request", id="five digits"),
    ],
)
def test_what_is_no_grant(acme: Caller, bank: Caller, changes: dict[str, Any], status: int, code: str) -> None:
    answer = grant(acme, "000000", **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "农商银行" not in answer.json()["detail"], "whom else there is, is no enterprise's to know"
    assert "农商银行" not in text_of(acme, **changes).json().get("detail", "")


def test_a_bank_grants_nothing_in_an_enterprises_name(bank: Caller) -> None:
    for path in ("/v1/consents", "/v1/consents/text"):
        answer = bank.post(path, TERMS)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-permitted")


def test_an_asserted_consent_is_told_at_once_to_its_enterprise_alone(
    acme: Caller, bank: Caller, settings: Settings, http: Client
) -> None:
    consent = bank.consent(ACME, ["P07"])["consent_id"]
    told = acme.get("/v1/notices").json()["items"][0]
    assert (told["consent_id"], told["institution"], told["products"]) == (consent, "农商银行", ["P07"])
    beta = enrol(settings, http, "贝塔制造有限公司", "enterprise", uscc=BETA)
    assert beta.get("/v1/notices").json()["items"] == []
    assert beta.get(f"/v1/consents/{consent}").status_code == 404
    assert acme.get(f"/v1/consents/{consent}").status_code == 200


def test_wrong_codes_are_few(acme: Caller, bank: Caller) -> None:
    statuses = [grant(acme, "000000").status_code for _ in range(WRONG_CODES + 1)]
    assert statuses[-1] == 429
    assert set(statuses[:-1]) <= {403, 429}
