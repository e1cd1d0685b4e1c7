"""What every response says to a browser, whatever it is; and that our own failures tell nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Client, Response
from starlette.testclient import TestClient

from api.app import create_app
from api.body_size import BODY_LIMIT_BYTES
from bureau.settings import Settings
from tests.factories.deployments import Caller, public_home
from tests.factories.lakes import ACME

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return public_home(Path(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def http(settings: Settings) -> Iterator[TestClient]:
    """The real application, and one route of it that fails."""
    app: FastAPI = create_app(settings)

    @app.get("/fails")
    def fail() -> None:
        raise ZeroDivisionError("a secret detail")

    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def is_hardened(answer: Response) -> bool:
    policy = answer.headers["Content-Security-Policy"]
    return (
        answer.headers["X-Content-Type-Options"] == "nosniff"
        and answer.headers["Referrer-Policy"] == "no-referrer"
        and "default-src 'none'" in policy
        and "frame-ancestors 'none'" in policy
        and "unsafe-inline" not in policy
    )


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/docs",
        "/console/login",
        "/console/usage",
        "/assets/bureau.css",
        "/verify/none",
        "/nowhere",
        "/fails",
    ],
)
def test_every_response_is_hardened(http: Client, path: str) -> None:
    answer = http.get(path)
    assert is_hardened(answer)
    assert "Strict-Transport-Security" not in answer.headers


def test_by_https_a_browser_comes_by_no_other_way(http: Client) -> None:
    for path in ("/healthz", "/fails"):
        assert http.get(f"https://testserver{path}").headers["Strict-Transport-Security"].startswith("max-age=")


def test_answers_and_problems_are_kept_by_no_cache(http: Client, bank: Caller) -> None:
    for answer in (bank.report(ACME), bank.get("/v1/usage"), bank.get("/v1/reports/none"), http.get("/v1/usage")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert is_hardened(answer)


def test_a_failing_route_tells_no_trace(http: Client) -> None:
    answer = http.get("/fails", headers={"X-Request-Id": "bank-7"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == "bank-7"
    assert all(word not in answer.text for word in ("secret", "Traceback", "ZeroDivision", ".py"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("/oauth/token", FORM, id="form"),
        pytest.param("/oauth/token", "multipart/form-data; boundary=x", id="multipart"),
        pytest.param("/console/login", FORM, id="the console's form"),
        pytest.param("/v1/consents", "application/json", id="JSON"),
        pytest.param("/v1/consents", "text/plain", id="text"),
        pytest.param("/v1/consents", "application/octet-stream", id="bytes"),
    ],
)
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "streamed"])
def test_a_body_has_a_size_whatever_its_type(http: Client, bank: Caller, path: str, kind: str, announced: bool) -> None:
    start = (
        b'--x\r\nContent-Disposition: form-data; name="scope"\r\n\r\n' if kind.startswith("multipart") else b"scope="
    )
    body = start + b"x" * BODY_LIMIT_BYTES
    sent = body if announced else (body[at : at + 8192] for at in range(0, len(body), 8192))
    answer = http.post(path, content=sent, headers=bank.headers | {"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
