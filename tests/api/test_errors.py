"""Every error has a status, and every way a request can fail is a problem that says what to do next."""

import inspect
from typing import Annotated

import psycopg
import pytest
from fastapi import FastAPI, Query
from sqlalchemy.exc import DataError, OperationalError
from starlette.testclient import TestClient

from api.envelope import BodyLimit, RequestId
from api.errors import PROBLEM_JSON, STATUS, Problem, install_problems, problems
from bureau import errors
from bureau.errors import BureauError, ConsentMissing, KeyReused, LedgerUnavailable, WrongCredentials

ALL_ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, BureauError)]


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status(kind: type[BureauError]) -> None:
    assert STATUS[kind] in {400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503}


def test_no_status_is_kept_for_an_error_that_is_gone() -> None:
    assert set(STATUS) == set(ALL_ERRORS)


def test_codes_are_distinct() -> None:
    codes = [kind.code for kind in ALL_ERRORS]
    assert sorted(codes) == sorted(set(codes))


def test_only_malformed_requests_are_422() -> None:
    assert {kind.code for kind in STATUS if STATUS[kind] == 422} == {
        "malformed-request",
        "impossible-uscc",
        "impossible-date",
    }


@pytest.mark.parametrize("kind", ALL_ERRORS, ids=lambda kind: kind.__name__)
def test_the_tree_in_the_docstring_names_every_error(kind: type[BureauError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "").split()


class Unlisted(errors.Conflict):
    code = "unlisted"


@pytest.fixture
def client() -> TestClient:
    """An application whose routes fail in every way we know."""
    app = FastAPI()
    install_problems(app)
    app.add_middleware(BodyLimit, limit_of=lambda _: 1000)
    app.add_middleware(RequestId)

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise {
            "consent": ConsentMissing("91440300MA5FJ4XH1U", "P07"),
            "key": KeyReused("k-1"),
            "half a character": errors.InvalidInput("\ud800 is no topic"),
            "ledger": LedgerUnavailable("its queue is full"),
            "token": WrongCredentials(),
            "unlisted": Unlisted("told by its ancestor's status"),
            "database": OperationalError("SELECT 1", {}, Exception("a secret address")),
            "driver": psycopg.OperationalError("a secret address refuses"),
            "unstorable": DataError("SELECT 1", {}, Exception("a secret value")),
            "unstorable, by the driver": psycopg.DataError("a secret value"),
            "own fault": ZeroDivisionError("a secret detail"),
        }[name]

    @app.post("/count")
    def count(body: dict[str, int], limit: Annotated[int, Query(ge=1)] = 1) -> int:
        return len(body) + limit

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("consent", 403, "consent-missing"),
        ("key", 409, "idempotency-key-reused"),
        ("half a character", 400, "invalid-input"),
        ("ledger", 503, "ledger-unavailable"),
        ("token", 401, "wrong-credentials"),
        ("unlisted", 409, "unlisted"),
        ("database", 503, "ledger-unavailable"),
        ("driver", 503, "ledger-unavailable"),
        ("unstorable", 422, "malformed-request"),
        ("unstorable, by the driver", 422, "malformed-request"),
        ("own fault", 500, "internal-error"),
    ],
)
def test_an_error_is_a_problem(client: TestClient, name: str, status: int, code: str) -> None:
    answer = client.get(f"/raise/{name}", headers={"X-Request-Id": "bank-7"})
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert (answer.status_code, answer.json()["status"], answer.json()["code"]) == (status, status, code)
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"] == "bank-7"
    Problem.model_validate(answer.json())


@pytest.mark.parametrize("name", ["own fault", "database", "driver", "unstorable"])
def test_our_own_fault_tells_no_detail(client: TestClient, name: str) -> None:
    text = client.get(f"/raise/{name}").text
    assert "secret" not in text
    assert "Traceback" not in text


def test_statuses_bring_their_headers(client: TestClient) -> None:
    assert client.get("/raise/token").headers["WWW-Authenticate"] == "Bearer"
    assert int(client.get("/raise/ledger").headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"{", "body", id="half a document"),
        pytest.param(b"\xff\xfe\x00", "body", id="binary rubbish"),
        pytest.param(b"[]", "body", id="a list"),
        pytest.param(b'{"a": "many"}', "a", id="a word for a number"),
        pytest.param(b"", "body", id="nothing"),
    ],
)
def test_a_malformed_body_names_its_field(client: TestClient, body: bytes, field: str) -> None:
    answer = client.post("/count", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed-request")
    assert answer.headers["content-type"] == PROBLEM_JSON
    assert field in {named["field"] for named in answer.json()["errors"]}


def test_a_malformed_parameter_names_itself_and_not_its_value(client: TestClient) -> None:
    answer = client.post("/count?limit=0", json={})
    assert [named["field"] for named in answer.json()["errors"]] == ["limit"]


def test_an_announced_large_body_is_refused(client: TestClient) -> None:
    answer = client.post("/count", content=b"x" * 1001, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_streamed_large_body_is_refused(client: TestClient) -> None:
    answer = client.post(
        "/count", content=(b"x" * 100 for _ in range(11)), headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_body_at_the_limit_passes(client: TestClient) -> None:
    body = b'{"a": 1}'.ljust(1000)
    assert client.post("/count", content=body, headers={"content-type": "application/json"}).json() == 2


def test_routes_and_methods_that_do_not_exist_are_problems(client: TestClient) -> None:
    assert client.get("/nowhere").json()["code"] == "unknown-route"
    wrong_method = client.delete("/count")
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "method-not-allowed")
    assert wrong_method.headers["Allow"] == "POST"


def test_a_request_without_an_id_gets_one(client: TestClient) -> None:
    made = {client.post("/count", json={}).headers["X-Request-Id"] for _ in range(2)}
    assert len(made) == 2


def test_an_id_that_could_forge_a_log_line_is_replaced(client: TestClient) -> None:
    answer = client.post("/count", json={}, headers={"X-Request-Id": "a b\tc"})
    assert answer.headers["X-Request-Id"] != "a b\tc"


def test_openapi_groups_problems_by_status() -> None:
    described = problems(ConsentMissing, errors.ConsentExpired, KeyReused)
    assert sorted(described) == [403, 409]
    assert list(described[403]["content"][PROBLEM_JSON]["examples"]) == ["consent-missing", "consent-expired"]
