"""Ready, degraded, not ready: each cause has a name, and what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from api.deployment import Deployment
from api.metering import ledger
from api.tenancy import seen_by
from bureau.db import open_engine
from tests.factories.deployments import Caller, deployment_of
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


def let_read_alone(driver: Any, alone: bool) -> None:
    if isinstance(driver, psycopg.Connection):
        driver.read_only = alone
    else:
        driver.execute(f"PRAGMA query_only = {int(alone)}")


@contextmanager
def only_reading(engine: Engine) -> Iterator[None]:
    """A database that takes no row for a while."""

    def begin(driver: Any, *_: Any) -> None:
        let_read_alone(driver, True)

    def end(driver: Any, *_: Any) -> None:
        let_read_alone(driver, False)

    event.listen(engine.pool, "checkout", begin)
    event.listen(engine.pool, "checkin", end)
    try:
        yield
    finally:
        event.remove(engine.pool, "checkout", begin)
        event.remove(engine.pool, "checkin", end)


@pytest.fixture
def deployment(http: TestClient) -> Deployment:
    held: Deployment = deployment_of(http)
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


def test_commits_that_fail_are_not_ready_until_one_succeeds(
    http: TestClient, deployment: Deployment, bank: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answers all the while: it only takes nothing, as with a full disk."""
    with only_reading(deployment.ledger._engine):
        refused = bank.report(ACME, key="again")
        assert (refused.status_code, refused.json()["code"]) == (503, "ledger-unavailable")
        assert "disk" in causes(http)["commit"]
        with monkeypatch.context() as later:
            later.setattr(ledger, "_FAILING_SECONDS", 0.0)
            assert http.get("/readyz").status_code == 200, "a call may try again"
    assert "disk" in causes(http)["commit"]
    assert bank.report(ACME, key="again").status_code == 201
    assert http.get("/readyz").status_code == 200


def test_a_database_that_is_away_is_not_ready(
    http: TestClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = seen_by(open_engine("postgresql://127.0.0.1:1/nowhere"), None)
    monkeypatch.setattr(deployment, "engine", away)
    assert "BUREAU_DATABASE_URL" in causes(http)["database"]
    assert http.get("/healthz").status_code == 200
