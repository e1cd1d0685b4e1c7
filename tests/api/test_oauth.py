"""Tokens: the right secret gets one, and every refusal is in the words of RFC 6749."""

import json
from base64 import b64encode, urlsafe_b64encode
from dataclasses import replace

import pytest
from httpx import Client
from joserfc import jws
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.testclient import TestClient

from api.access.assertions import ASSERTION_TYPE
from api.access.institutions import create_client
from api.database import ledger_transaction
from api.oauth import _addresses
from api.signing import rotate_keys
from bureau.clock import now
from bureau.settings import Settings
from tests.factories.assertions import assertion, new_key, public
from tests.factories.deployments import Caller, deployment_of
from tests.factories.lakes import ACME

FORM = {"grant_type": "client_credentials"}


def test_a_secret_in_the_form_gets_a_token(http: Client, bank: Caller) -> None:
    answer = http.post("/oauth/token", data=FORM | {"client_id": bank.client_id, "client_secret": bank.client_secret})
    token = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] == 600
    assert {"reports", "decisions", "product:P01"} <= set(token["scope"].split())


def test_a_secret_by_http_basic_gets_a_token(http: Client, bank: Caller) -> None:
    assert http.post("/oauth/token", data=FORM, auth=(bank.client_id, bank.client_secret)).status_code == 200


def test_a_part_of_the_scopes_may_be_asked_for(http: Client, bank: Caller) -> None:
    answer = http.post("/oauth/token", data=FORM | {"scope": "usage"}, auth=(bank.client_id, bank.client_secret))
    assert answer.json()["scope"] == "usage"
    narrow = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert http.get("/v1/usage", headers=narrow).status_code == 200
    refused = http.get("/v1/consents", headers=narrow)
    assert (refused.status_code, refused.json()["code"]) == (403, "role-not-permitted")


def test_a_token_narrowed_to_one_product_calls_no_other(http: Client, bank: Caller) -> None:
    form = FORM | {"scope": "reports consents product:P01"}
    token = http.post("/oauth/token", data=form, auth=(bank.client_id, bank.client_secret)).json()["access_token"]
    narrow = replace(bank, headers={"Authorization": f"Bearer {token}"})
    assert narrow.report(ACME).status_code == 201
    consent = narrow.consent(ACME, ["P07"])["consent_id"]
    refused = narrow.report(ACME, "P07", consent_id=consent)
    assert (refused.status_code, refused.json()["code"]) == (403, "role-not-permitted")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        pytest.param({}, 400, "invalid_request", id="no grant type"),
        pytest.param(
            {"grant_type": "password", "client_id": "BANK", "client_secret": "guess"},
            400,
            "unsupported_grant_type",
            id="another grant",
        ),
        pytest.param(FORM, 400, "invalid_request", id="no client"),
        pytest.param(FORM | {"client_id": "BANK", "client_secret": "guess"}, 401, "invalid_client", id="wrong secret"),
        pytest.param(
            FORM | {"client_id": "nobody", "client_secret": "guess"}, 401, "invalid_client", id="unknown client"
        ),
    ],
)
def test_refusals(http: Client, bank: Caller, form: dict[str, str], status: int, error: str) -> None:
    if form.get("client_id") == "BANK":
        form = form | {"client_id": bank.client_id}
    answer = http.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    "encoded",
    [b"%%%", b64encode(b"\xff\xfe"), b"", "é".encode("latin-1")],
    ids=["no base64", "no text", "none", "beyond ASCII"],
)
def test_unreadable_basic_credentials_are_wrong_credentials(http: Client, encoded: bytes) -> None:
    answer = http.post("/oauth/token", data=FORM, headers=[(b"Authorization", b"Basic " + encoded)])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": "Bearer "}, id="empty"),
        pytest.param({"Authorization": "Bearer abc.def.ghi"}, id="rubbish"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
    ],
)
def test_without_a_token_nothing_is_answered(http: Client, header: dict[str, str]) -> None:
    answer = http.get("/v1/products", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_form_in_parts_is_none_and_no_charset_of_it_is_tried(http: Client) -> None:
    fields = {"grant_type": b"client_credentials", "client_id": b"+2AA-", "client_secret": b"guess"}
    for path, status in (("/oauth/token", 400), ("/console/login", 422)):
        parts = b"".join(
            b'--X\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
            for name, value in fields.items()
        )
        kind = {"Content-Type": "multipart/form-data; boundary=X; charset=utf-7"}
        assert http.post(path, content=parts + b"--X--\r\n", headers=kind).status_code == status


def mismade(claims: bytes = b"{}") -> str:
    """With a header of a shape that the library does not ask about."""
    parts = (b'{"alg":"Ed25519","crit":5}', claims, b"x" * 64)
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.mark.parametrize("path", ["/v1/products/P01/reports", "/v1/statements/2026-01/reconciliation", "/v1/needs"])
def test_a_mismade_token_is_a_wrong_one(http: Client, path: str) -> None:
    headers = {"Authorization": f"Bearer {mismade()}", "Idempotency-Key": "1"}
    answer = http.post(path, json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")


@pytest.mark.parametrize("claims", [b'{"sub":"client-0","iss":"client-0"}', b'{"sub":"\\ud800"}', b'{"sub":"\\u0000"}'])
def test_a_mismade_assertion_is_a_wrong_one(http: Client, claims: bytes) -> None:
    form = FORM | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": mismade(claims)}
    answer = http.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_answer_is_signed_by_a_published_key(http: Client, bank: Caller) -> None:
    answer = bank.report(ACME)
    keys = KeySet.import_key_set(http.get("/.well-known/jwks.json").json())
    signature = answer.headers["X-Bureau-Signature"]
    checked = jws.deserialize_compact(signature, keys, algorithms=["Ed25519"], payload=answer.content)
    assert checked.headers()["kid"] in {key.kid for key in keys}
    assert json.loads(answer.content)["report_id"]


def test_published_keys_are_public(http: Client) -> None:
    for key in http.get("/.well-known/jwks.json").json()["keys"]:
        assert key["use"] == "sig"
        assert "d" not in key


def test_an_assertion_of_a_clients_own_key_gets_a_token(settings: Settings, http: Client) -> None:
    own = new_key()
    with ledger_transaction(settings.ledger_url) as session:
        client_id = create_client(session, "密钥银行", "bank", [], now(), keys=public(own)).client_id
    form = FORM | {
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client_id, own, now(), aud=f"{http.base_url}/oauth/token"),
    }
    answer = http.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    assert "consents" in answer.json()["scope"].split()
    again = http.post("/oauth/token", data=form)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("public_url", "server", "aud", "good"),
    [
        pytest.param(None, ("127.0.0.1", 8000), "http://127.0.0.1:8000", True, id="where it listens"),
        pytest.param(None, ("127.0.0.1", 8000), "http://localhost:8000", True, id="by the name of this machine"),
        pytest.param(None, ("::1", 8000), "http://[::1]:8000", True, id="where it listens by IPv6"),
        pytest.param(None, ("10.0.0.5", 80), "http://10.0.0.5", True, id="at the usual port"),
        pytest.param(None, ("10.0.0.5", 8000), "http://localhost:8000", False, id="another machine"),
        pytest.param(None, ("10.0.0.5", 8000), "http://elsewhere.example", False, id="what Host says"),
        pytest.param(None, ("/run/bureau.sock", None), "http://elsewhere.example", False, id="a socket, by Host"),
        pytest.param("https://b.example/", ("10.0.0.5", 80), "https://b.example", True, id="what the settings say"),
        pytest.param("https://b.example", ("10.0.0.5", 80), "http://10.0.0.5", False, id="behind what they say"),
    ],
)
def test_an_assertion_is_for_us_whatever_host_says(
    http: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    public_url: str | None,
    server: tuple[str, int | None],
    aud: str,
    good: bool,
) -> None:
    deployment = deployment_of(http)
    monkeypatch.setattr(deployment, "settings", deployment.settings.model_copy(update={"public_url": public_url}))
    headers = [(b"host", b"elsewhere.example")]
    request = Request({"type": "http", "scheme": "http", "path": "/oauth/token", "headers": headers, "server": server})
    assert (aud in _addresses(request, deployment)) is good


def test_an_assertion_for_what_host_says_is_refused_and_told_why(settings: Settings, http: Client) -> None:
    own = new_key()
    with ledger_transaction(settings.ledger_url) as session:
        client_id = create_client(session, "密钥银行", "bank", [], now(), keys=public(own)).client_id
    form = FORM | {
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client_id, own, now(), aud="http://elsewhere.example/oauth/token"),
    }
    answer = http.post("/oauth/token", data=form, headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "BUREAU_PUBLIC_URL" in answer.json()["error_description"]


def test_a_rotated_key_is_published_beside_the_former_one(settings: Settings, http: Client, bank: Caller) -> None:
    def published() -> list[str]:
        return [key["kid"] for key in http.get("/.well-known/jwks.json").json()["keys"]]

    before = published()
    made = rotate_keys(settings.home, "answers").kid
    assert published() == [made, *before]
    signature = bank.report(ACME).headers["X-Bureau-Signature"]
    assert jws.extract_compact(signature.encode()).headers()["kid"] == made
    assert bank.get("/v1/usage").status_code == 200
