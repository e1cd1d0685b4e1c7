"""A report is answered alike on both of its ways: as plain ASGI, and as the framework finds its declared route."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from api import hot
from api.access.institutions import disable_client
from api.database import open_ledger_database
from bureau.db import transaction
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol
from tests.factories.lakes import ACME

PATH = "/v1/products/P01/reports"
BODY = {"subject": {"uscc": ACME}, "purpose": "pre_loan"}
DECLARED = {"Content-Type": "application/vnd.bank+json"}
"""JSON by a name that the plain way does not know."""


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that went the plain way."""
    paths: list[str] = []
    asked = hot._asked

    async def noted(deployment: Any, plain: Any, received: Any) -> Any:
        paths.append(f"/v1/products/{plain.code}/reports")
        return await asked(deployment, plain, received)

    monkeypatch.setattr(hot, "_asked", noted)
    return paths


def told(answer: httpx.Response) -> tuple[Any, ...]:
    """What does not differ from call to call."""
    body = answer.json()
    own = {"report_id", "evidence", "request_id"}
    return answer.status_code, {key: value for key, value in body.items() if key not in own}, set(answer.headers)


def post(bank: Caller, path: str = PATH, headers: dict[str, str] | None = None, **changes: Any) -> httpx.Response:
    return bank.post(path, BODY | changes, headers=headers)


@pytest.mark.parametrize(
    ("path", "changes", "status", "code"),
    [
        pytest.param(PATH, {}, 201, None, id="an answer"),
        pytest.param(PATH, {"client_serial": "LN-1", "inputs": {}}, 201, None, id="with all there is"),
        pytest.param(PATH, {"purpose": "fun"}, 422, "malformed-request", id="a purpose that is none"),
        pytest.param(PATH, {"extra": 1}, 422, "malformed-request", id="a field that is none"),
        pytest.param(PATH, {"subject": {"uscc": "914403"}}, 422, "impossible-uscc", id="a code that is none"),
        pytest.param("/v1/products/P99/reports", {}, 404, "unknown-product", id="a product that is none"),
        pytest.param("/v1/products/P07/reports", {}, 403, "consent-missing", id="no consent"),
    ],
)
def test_both_ways_answer_alike(
    bank: Caller, taken: list[str], path: str, changes: dict[str, Any], status: int, code: str | None
) -> None:
    plain = post(bank, path, **changes)
    assert taken == [path]
    declared = post(bank, path, DECLARED, **changes)
    assert taken == [path]
    assert told(plain) == told(declared)
    assert (plain.status_code, plain.json().get("code")) == (status, code)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Authorization": "Bearer made.up.token"}, 401, id="a token that is none"),
        pytest.param({"Authorization": "Basic YTpi"}, 401, id="another scheme"),
        pytest.param({"Idempotency-Key": "two words"}, 400, id="a key that could be misread"),
        pytest.param({"Idempotency-Key": ""}, 400, id="an empty key"),
    ],
)
def test_both_ways_refuse_alike(bank: Caller, headers: dict[str, str], status: int) -> None:
    plain, declared = post(bank, headers=headers), post(bank, headers=DECLARED | headers)
    assert told(plain) == told(declared)
    assert plain.status_code == status


def test_a_key_is_one_key_on_both_ways(bank: Caller) -> None:
    first = bank.post(PATH, BODY, key="on-both-ways")
    second = bank.post(PATH, BODY, key="on-both-ways", headers=DECLARED)
    assert (first.content, second.headers["Idempotent-Replayed"]) == (second.content, "true")


def test_a_body_whose_length_is_not_told_goes_the_declared_way(bank: Caller, taken: list[str]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"subject": {"uscc": "' + ACME[:9].encode()
        yield ACME[9:].encode() + b'"}, '
        yield b'"purpose": "pre_loan"}'

    keyed = bank.headers | {"Idempotency-Key": "in-pieces", "Content-Type": "application/json"}
    assert bank.http.post(PATH, content=pieces(), headers=keyed).status_code == 201
    assert taken == []


def test_a_client_that_was_disabled_reads_that_and_nothing_else(
    settings: Settings, http: TestClient, taken: list[str]
) -> None:
    """Also where it asks for what there is not: whether its token holds is asked with what it asks."""
    gone = enrol(settings, http, "告别银行")
    engine = open_ledger_database(settings.ledger_url)
    with transaction(engine) as session:
        disable_client(session, gone.client_id, datetime.now(UTC))
    engine.dispose()
    for path in (PATH, "/v1/products/P99/reports"):
        plain, declared = post(gone, path), post(gone, path, DECLARED)
        assert told(plain) == told(declared)
        assert (plain.status_code, plain.json()["code"]) == (401, "wrong-credentials")
    assert taken == [PATH, "/v1/products/P99/reports"]


def test_a_role_that_may_not_ask_for_reports_is_refused_on_both_ways(
    settings: Settings, http: TestClient, taken: list[str]
) -> None:
    """Its contract has the product, so that nothing but its role stands against it."""
    partner = enrol(settings, http, "撮合平台", role="partner")
    plain, declared = post(partner), post(partner, headers=DECLARED)
    assert taken == [PATH]
    assert told(plain) == told(declared)
    assert (plain.status_code, plain.json()["code"]) == (403, "role-not-permitted")


def test_a_token_that_has_expired_is_refused_on_both_ways(bank: Caller, taken: list[str]) -> None:
    plain, declared = post(bank, headers=bank.expired()), post(bank, headers=DECLARED | bank.expired())
    assert taken == [PATH]
    assert told(plain) == told(declared)
    assert (plain.status_code, plain.json()["code"]) == (401, "wrong-credentials")


def test_both_ways_put_on_the_same_headers(bank: Caller) -> None:
    own = {"X-Request-Id": "mine-1"}
    plain, declared = post(bank, headers=own), post(bank, headers=DECLARED | own)
    for answer in (plain, declared):
        for name in ("x-bureau-signature", "location", "ratelimit", "content-length"):
            assert answer.headers.pop(name)
    assert plain.headers == declared.headers
    assert plain.headers["x-request-id"] == "mine-1"


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe"])
def test_what_is_no_object_is_malformed(bank: Caller, content: bytes) -> None:
    keyed = bank.headers | {"Idempotency-Key": "no-object", "Content-Type": "application/json"}
    assert bank.http.post(PATH, content=content, headers=keyed).json()["code"] == "malformed-request"


def test_only_the_declared_route_is_documented(http: TestClient) -> None:
    operation = http.get("/openapi.json").json()["paths"]["/v1/products/{code}/reports"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/ReportRequest")
    assert operation["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/Report")
