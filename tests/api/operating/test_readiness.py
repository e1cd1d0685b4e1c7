"""Ready, degraded, not ready: each cause has a name, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.deployment import Deployment
from api.tenancy import seen_by
from bureau.db import open_engine
from tests.factories.deployments import Caller
from tests.factories.desks import TODAY
from tests.factories.lakes import ACME


@contextmanager
def on(deployment: Deployment, **changes: Any) -> Iterator[None]:
    """The deployment with other settings for a while."""
    before = deployment.settings
    deployment.settings = before.model_copy(update=changes)
    try:
        yield
    finally:
        deployment.settings = before


@pytest.fixture
def deployment(http: TestClient) -> Deployment:
    held: Deployment = http.app.state.deployment  # type: ignore[attr-defined]
    return held


def causes(http: TestClient) -> dict[str, str]:
    answer = http.get("/readyz")
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "not-ready"
    assert answer.headers["Retry-After"]
    return {cause["field"]: cause["message"] for cause in answer.json()["errors"]}


def test_one_overdue_feed_degrades(http: TestClient, deployment: Deployment, bank: Caller) -> None:
    with on(deployment, today=TODAY + timedelta(days=20)):  # registration is daily, court cases monthly
        answer = http.get("/readyz")
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        (feeds,) = [cause["detail"] for cause in answer.json()["causes"] if cause["name"] == "feeds"]
        assert "F01" in feeds


def test_nothing_fresh_to_answer_from_is_not_ready(http: TestClient, deployment: Deployment, bank: Caller) -> None:
    with on(deployment, today=TODAY + timedelta(days=2_000)):
        named = causes(http)
        assert "F01" in named["feeds"]
        assert "overdue" in named["product P01"]
        assert bank.report(ACME).json()["outcome"] == "stale", "and its answers would say so"
    assert http.get("/readyz").status_code == 200


def test_a_full_queue_is_not_ready(
    http: TestClient, deployment: Deployment, bank: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment.ledger._writer, "_limit", 0)
    assert "wait to be committed" in causes(http)["queue"]
    refused = bank.report(ACME)
    assert (refused.status_code, refused.json()["code"]) == (503, "ledger-unavailable")
    assert refused.headers["Retry-After"]


def test_a_database_that_is_away_is_not_ready(
    http: TestClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = seen_by(open_engine("postgresql://127.0.0.1:1/nowhere"), None)
    monkeypatch.setattr(deployment, "engine", away)
    assert "BUREAU_DATABASE_URL" in causes(http)["database"]
    assert http.get("/healthz").status_code == 200
