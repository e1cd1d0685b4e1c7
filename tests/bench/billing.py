"""A billable call measured: the product over HTTP beside a bare route, and beside an ORM commit for each request.

Every server runs alone on the first core, the callers and PostgreSQL on the others; servers are measured by turns, so
that the machine's moods meet all of them, and each is judged by its best round.
`python -m tests.bench.billing NAME OPTIONS` runs one work in the home and prints a line of JSON.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from api.access.institutions import find_client
from api.contracts.agreeing import approve_terms, propose_terms
from api.contracts.in_force import contract_in_force
from api.database import open_ledger_database
from bureau.clock import now
from bureau.db import transaction
from bureau.settings import Settings
from tests.bench.calling import Answers, Asked, call
from tests.bench.machine import processor_seconds
from tests.factories.deployments import Caller, enrol, scored_home
from tests.factories.desks import CROWD
from tests.factories.postgres import own_cluster
from tests.factories.server_process import environment_of, free_port

Facts = dict[str, Any]
CONNECTIONS = 64
PRODUCT = "P07"
FIRMS = CROWD[:40]
"""The first one's answer is prepared beforehand; the others' are read, scored and explained when they are asked for."""
_READY_SECONDS = 120


@dataclass
class Rounds:
    """What was answered in each round, and the seconds of processor the server took for it."""

    asked: Asked
    pid: int
    answers: list[Answers] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    single: Answers = field(default_factory=Answers)

    def warm(self, seconds: float) -> None:
        call(self.asked, connections=CONNECTIONS, seconds=seconds)
        self.single = call(self.asked, connections=1, seconds=seconds)

    def run(self, seconds: float) -> None:
        used = processor_seconds(self.pid)
        self.answers.append(call(self.asked, connections=CONNECTIONS, seconds=seconds))
        self.cpu.append(processor_seconds(self.pid) - used)

    def facts(self) -> Facts:
        """per_second: of the best round. cpu_us: of the server's processor an answer, over all rounds."""
        best = max(self.answers, key=lambda answers: answers.per_second)
        answered = sum(len(answers.seconds) for answers in self.answers)
        facts = {"per_second": best.per_second, "p50_ms": best.at(0.5), "p99_ms": best.at(0.99)}
        return facts | {"cpu_us": 1e6 * sum(self.cpu) / answered, "single_p50_ms": self.single.at(0.5)}


def billed(seconds: float = 4.0, rounds: int = 3) -> Facts:
    """Every server by turns, round after round; before them a single caller of each."""
    begun, home = time.perf_counter(), Settings().home
    os.sched_setaffinity(0, set(range(1, os.cpu_count() or 1)) or {0})
    answer = home / "answer.json"
    with ExitStack() as opened:
        database = opened.enter_context(own_cluster()).url
        found: dict[str, Rounds] = {}
        for name, url in (("SQLite", None), ("PostgreSQL", database)):
            settings = scored_home(home / name, url)
            server = opened.enter_context(_serving("product", settings, answer))
            prepared, live = _bodies(settings, server.base, answer)
            found[f"prepared on {name}"] = Rounds(server.asked(*prepared), server.pid)
            found[f"live on {name}"] = Rounds(server.asked(*live), server.pid)
        for kind in ("bare", "orm"):
            at = settings.model_copy(update={"database_url": f"sqlite:///{home / f'{kind}.db'}"})
            server = opened.enter_context(_serving(kind, at, answer))
            found[kind] = Rounds(server.asked({}, [_body(CROWD[0], "")]), server.pid)
        for one in found.values():
            one.warm(min(seconds, 2))
        for _ in range(rounds):
            for one in found.values():
                one.run(seconds)
    facts: Facts = {name: one.facts() for name, one in found.items()}
    facts["answer"] = json.loads(answer.read_bytes())
    shutil.rmtree(home)
    return facts | {"seconds": time.perf_counter() - begun, "cpu": 0.0}


@dataclass(frozen=True)
class _Server:
    pid: int
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, headers: dict[str, str], bodies: list[bytes]) -> Asked:
        return Asked("127.0.0.1", self.port, f"/v1/products/{PRODUCT}/reports", headers, bodies)


@contextmanager
def _serving(kind: str, settings: Settings, answer: Path) -> Iterator[_Server]:
    """A server of a kind, ready."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.bench.call_servers", kind, str(port), str(answer)]
    process = subprocess.Popen(command, env=os.environ | environment_of(settings), stdout=subprocess.DEVNULL)
    try:
        server = _Server(process.pid, port)
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                httpx.get(f"{server.base}/healthz", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()


def _bodies(
    settings: Settings, base: str, answer: Path
) -> tuple[tuple[dict[str, str], list[bytes]], tuple[dict[str, str], list[bytes]]]:
    """What a bank asks of the product: of the firm whose answer is prepared, and of the others. One answer is kept."""
    with httpx.Client(base_url=base, timeout=60) as http:
        bank = enrol(settings, http, "农商银行")
        _unlimited(settings, bank)
        consents = {firm: bank.consent(firm, [PRODUCT])["consent_id"] for firm in FIRMS}
        for firm in FIRMS:
            given = bank.report(firm, PRODUCT, consent_id=consents[firm])
            if firm == FIRMS[0]:
                answer.write_bytes(given.content)
    bodies = [_body(firm, consents[firm]) for firm in FIRMS]
    return (bank.headers, bodies[:1]), (bank.headers, bodies[1:])


def _body(firm: str, consent_id: str) -> bytes:
    body: dict[str, Any] = {"subject": {"uscc": firm}, "purpose": "pre_loan"}
    return json.dumps(body | ({"consent_id": consent_id} if consent_id else {})).encode()


def _unlimited(settings: Settings, bank: Caller) -> None:
    """A contract that lets the bank call as often as it can."""
    engine, at = open_ledger_database(settings.ledger_url), now()
    with transaction(engine) as session:
        owner = find_client(session, bank.client_id).institution_id
        contract = contract_in_force(session, owner, at)
        assert contract is not None
        rates = dict.fromkeys(contract.terms.products, 10_000_000)
        terms = contract.terms.model_copy(update={"calls_per_minute": rates})
        proposal = propose_terms(session, owner, terms, by="李签约", in_force_from=at, at=at)
        approve_terms(session, proposal, by="王复核", at=at)
    engine.dispose()


WORKS: dict[str, Callable[..., Facts]] = {"billed": billed}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))
