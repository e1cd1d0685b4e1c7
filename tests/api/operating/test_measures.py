"""What Prometheus reads: every measure, nobody's name, and for the operator alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import update
from starlette.testclient import TestClient

from api.metering.tables import Event
from api.operating.standing import Standing
from api.webhooks.registering import register
from api.webhooks.sending import pick_up
from api.webhooks.tables import Webhook
from bureau.db import transaction
from bureau.errors import SourceDown
from products.desk import Desk
from tests.factories.deployments import Caller, deployment_of
from tests.factories.lakes import ACME, BETA
from tests.factories.ledger import NOON, Books

TOKEN = "a token of the operator"
TOPIC = "statement.issued"


@pytest.fixture
def operator(http: TestClient) -> TestClient:
    """The same application, asked from this machine."""
    return TestClient(http.app, client=("127.0.0.1", 50_000))


def measured(http: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    answer = http.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_calls_are_counted_by_product_and_outcome(bank: Caller, operator: TestClient) -> None:
    before = measured(operator)
    assert bank.report(BETA, key="counted").status_code == 201
    assert bank.report(BETA, key="counted").status_code == 201
    assert bank.report(ACME, "P07").json()["code"] == "consent-missing"
    after = measured(operator)

    def more(name: str, **labels: str) -> float:
        key = name, tuple(sorted(labels.items()))
        return after.get(key, 0) - before.get(key, 0)

    assert more("bureau_calls_total", product="P01", outcome="found") == 1
    assert more("bureau_calls_total", product="P01", outcome="replayed") == 1
    assert more("bureau_calls_total", product="P07", outcome="consent-missing") == 1
    assert more("bureau_call_seconds_count", product="P01") == 2
    assert more("bureau_ledger_group_calls_sum") == 2
    assert more("bureau_ledger_commit_seconds_count", result="committed") == 2
    route = "/v1/products/{code}/reports"
    assert more("bureau_requests_total", method="POST", route=route, status="201") == 2
    unlabelled = {name for name, labels in after if not labels}
    assert {
        "bureau_ledger_waiting_calls",
        "bureau_database_up",
        "bureau_outbox_waiting",
        "bureau_outbox_overdue_seconds",
        "bureau_audit_unsealed_leaves",
        "bureau_audit_lag_seconds",
    } <= unlabelled
    assert after["bureau_feed_overdue_days", (("feed", "F01"),)] < 0


def test_what_was_on_its_way_to_an_ended_webhook_is_not_waited_for(books: Books) -> None:
    hook: dict[str, Any] = {"url": "http://127.0.0.1/hook", "topics": [TOPIC], "test": False, "local": True}
    event = Event(
        id="event", institution_id=books.bank.institution_id, topic=TOPIC, payload={}, test=False, occurred_at=NOON
    )
    with transaction(books.engine) as session:
        register(session, books.vault, books.bank.institution_id, books.bank.client_id, at=NOON, **hook)
        session.add(event)
    pick_up(books.engine, NOON)
    assert outbox(books) == (1, 3_600)
    with transaction(books.engine) as session:
        session.execute(update(Webhook).values(ended_at=NOON))  # while it is picked up
    assert outbox(books) == (0, 0)


def outbox(books: Books) -> tuple[float, float]:
    """How much waits, and for how many seconds the longest has been due, an hour after noon."""
    standing = Standing(books.engine, no_desk, lambda: NOON + timedelta(hours=1))
    told = {family.name: family.samples[0].value for family in standing.collect() if family.samples}
    return told["bureau_outbox_waiting"], told["bureau_outbox_overdue_seconds"]


def no_desk() -> Desk:
    raise SourceDown("No records are served here.")


def test_nobody_is_named(bank: Caller, operator: TestClient) -> None:
    bank.report(BETA)
    bank.get(f"/v1/nowhere/{ACME}")
    text = operator.get("/metrics").text
    assert [name for name in (ACME, BETA, bank.client_id, "农商银行") if name in text] == []
    assert re.search(r'route="none"', text)


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=10.0.0.1"}])
def test_without_a_token_only_this_machine_reads(
    http: TestClient, operator: TestClient, headers: dict[str, str]
) -> None:
    assert http.get("/metrics").status_code == 401, "from elsewhere"
    assert operator.get("/metrics", headers=headers).status_code == 401, "through a proxy on this machine"
    assert operator.get("/metrics").status_code == 200


def test_with_a_token_whoever_has_it_reads(
    http: TestClient, operator: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = deployment_of(http)
    told = deployment.settings.model_copy(update={"metrics_token": SecretStr(TOKEN)})
    monkeypatch.setattr(deployment, "settings", told)
    assert operator.get("/metrics").status_code == 401
    assert operator.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
