"""A server is killed in the middle of 200 charged calls; no call is lost, none is charged twice."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.audit.verification import verify_ledger
from api.database import open_ledger_database
from api.metering.tables import BoundKey, UsageLine
from api.signing import open_signer
from api.vault import home_vault
from bureau.settings import Settings
from tests.factories.deployments import Caller, enrol, scored_home
from tests.factories.desks import CROWD
from tests.factories.server_process import ServerProcess, serving

CALLS = 200
KILLED_AFTER = 60
"""Answers received before the process is killed."""


@dataclass
class Run:
    """The calls of one bank: what each key asks, and what it was answered."""

    caller: Caller
    consent_id: str
    answers: dict[str, httpx.Response] = field(default_factory=dict)

    def body(self, key: str) -> tuple[str, dict[str, Any]]:
        """Every tenth call is a score, the others are basic reports."""
        number = int(key.removeprefix("call-"))
        if number % 10 == 0:
            return "P07", {"subject": {"uscc": CROWD[0]}, "purpose": "pre_loan", "consent_id": self.consent_id}
        return "P01", {"subject": {"uscc": CROWD[number % len(CROWD)]}, "purpose": "pre_loan"}

    async def call(self, http: httpx.AsyncClient, key: str, server: ServerProcess | None = None) -> None:
        """One call; the server is killed once enough of them were answered."""
        product, body = self.body(key)
        headers = self.caller.headers | {"Idempotency-Key": key}
        try:
            answer = await http.post(f"/v1/products/{product}/reports", json=body, headers=headers)
        except httpx.TransportError:
            return
        assert answer.status_code == 201, answer.text
        self.answers[key] = answer
        if server is not None and len(self.answers) == KILLED_AFTER:
            server.kill()

    async def call_all(self, base: str, keys: list[str], server: ServerProcess | None = None) -> None:
        """All of them at once."""
        limits = httpx.Limits(max_connections=CALLS)
        async with httpx.AsyncClient(base_url=base, timeout=60, limits=limits) as http:
            await asyncio.gather(*(self.call(http, key, server) for key in keys))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return scored_home(Path(tmp_path_factory.mktemp("killed")))


def test_a_killed_server_loses_and_doubles_nothing(settings: Settings) -> None:
    keys = [f"call-{number}" for number in range(CALLS)]
    with serving(settings) as server:
        bank = enrol(settings, httpx.Client(base_url=server.base), "农商银行")
        run = Run(bank, bank.consent(CROWD[0], ["P07"])["consent_id"])
        asyncio.run(run.call_all(server.base, keys, server))
    before = dict(run.answers)
    assert KILLED_AFTER <= len(before) < CALLS

    with serving(settings) as server:
        asyncio.run(run.call_all(server.base, [key for key in keys if key not in before]))
        assert set(run.answers) == set(keys)
        with httpx.Client(base_url=server.base, headers=run.caller.headers) as http:
            for answer in run.answers.values():
                assert http.get(answer.headers["Location"]).content == answer.content
        asyncio.run(run.call_all(server.base, keys))
        assert {key: run.answers[key].content for key in before} == {key: before[key].content for key in before}
        assert all(answer.headers["Idempotent-Replayed"] == "true" for answer in run.answers.values())

    engine = open_ledger_database(settings.ledger_url)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(UsageLine)) == CALLS
        assert session.scalar(select(func.count()).select_from(BoundKey)) == CALLS
        checked = verify_ledger(session, open_signer(settings.home, "answers"), home_vault(settings))
        assert (checked.fault, checked.leaves) == (None, CALLS)
    engine.dispose()
