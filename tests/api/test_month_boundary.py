"""A month ends at midnight in Shanghai, by the instant of the commit: through the served API, on its very edge."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.billing.months import Month
from api.metering.ledger import Ledger
from bureau.clock import shanghai_day
from tests.factories.deployments import Caller
from tests.factories.lakes import ACME
from tests.factories.ledger import Clock

MONTH = Month(shanghai_day(datetime.now(UTC)).replace(day=1))
LAST = MONTH.ends - timedelta(microseconds=1)


@pytest.fixture
def ledger(http: TestClient) -> Ledger:
    app = http.app
    assert isinstance(app, FastAPI)
    ledger: Ledger = app.state.deployment.ledger
    return ledger


def test_a_call_belongs_to_the_month_of_its_commit(
    bank: Caller, manager: Caller, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both calls are received now; one commits in the last microsecond of the month, one at midnight."""
    for committed_at in (LAST, MONTH.ends):
        monkeypatch.setattr(ledger, "_clock", Clock(committed_at))
        assert bank.report(ACME).status_code == 201
    fen = bank.report(ACME).json()["charge"]["amount_fen"]
    counted = [bank.get(f"/v1/statements/{month}").json()["lines"] for month in (MONTH, MONTH.next)]
    assert [sum(line["calls"] for line in lines) for lines in counted] == [1, 2]
    assert counted[0][0]["amount_fen"] == fen
    days = [shanghai_day(at).isoformat() for at in (LAST, MONTH.ends)]
    rows = manager.get("/v1/usage", params={"by": "day", "product": "P01"}).json()["rows"]
    assert [(row["day"], row["calls"]) for row in rows] == [(days[0], 1), (days[1], 2)]
