"""A bank, a network, a server and its disk, all simulated from one seed; the ledger between them is the real one.

A schedule is a history of what may go wrong: messages are lost, doubled, late and out of order; the server dies before,
in and after a commit, or half-way through the rows of a group; the disk refuses a commit or is slow; the clock steps.
The same seed gives the same history. When the faults end the bank retries what it has no answer to, and then the books
must hold each of its requests once.
"""

import heapq
import json
import random
import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from api.audit.verification import verify_ledger
from api.contracts.terms import Terms
from api.issued import stored_answer
from api.metering.draft import Draft
from api.metering.ledger import Ledger, Receipt
from api.metering.recount import recount
from api.metering.tables import BoundKey, Call
from api.metering.wallet import pay_in
from api.signing import Signer, open_signer
from api.tenancy import EVERYONE, Tenant, seen_by
from api.vault import Vault, open_vault
from bureau.db import transaction
from bureau.errors import BureauError, KeyReused, QuotaUsedUp, WalletEmpty
from bureau.uscc import placeholder_uscc
from tests.factories.ledger import NOON, SECRET, Bank, Clock, add_bank, agree, draft, sqlite_ledger

SUBJECTS = [placeholder_uscc("simulation", str(number)) for number in range(3)]
ROUNDS = 3
"""In the quiet part everything is answered at the first; a second time nothing changes."""
FINAL = KeyReused | QuotaUsedUp | WalletEmpty
"""Refusals after which the bank asks no more."""


class Crash(BaseException):
    """The server process ends here; only what the disk has committed is left of it."""


@dataclass
class Disk:
    """What befalls the next transaction: named in `fault`, at statement `at`."""

    fault: str | None = None
    at: int = 0
    statements: int = 0

    def arm(self, fault: str | None, at: int) -> None:
        self.fault, self.at, self.statements = fault, at, 0

    def before_statement(self) -> None:
        self.statements += 1
        if self.fault == "torn" and self.statements == self.at:
            raise Crash

    def before_commit(self) -> None:
        if self.fault == "before":
            raise Crash
        if self.fault == "refused":
            raise OperationalError("COMMIT", {}, Exception("disk full"))


@dataclass
class Request:
    """One piece of business of the bank, and every answer it ever got to it."""

    key: str
    asks: dict[str, Any]
    answers: list[bytes] = field(default_factory=list)
    ended: bool = False


@dataclass(order=True)
class Message:
    """A request on its way to the server."""

    arrives: float
    number: int
    request: Request = field(compare=False)


@dataclass(frozen=True)
class Outcome:
    """What a schedule came to, for its assertions and its report."""

    answered: int
    crashes: int
    history: tuple[str, ...]


class Simulation:
    """One schedule. `run` ends with every request answered or refused for good, and the books checked."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = Clock(NOON + timedelta(days=2))  # no step back reaches the contract
        self.signer, self.vault, self.bank, template = _template()
        self.disk, self.engine = _drive().put_in(template), _drive().engine
        self.ledger = self._started()
        self.network: list[Message] = []
        self.time, self.sent, self.crashes = 0.0, 0, 0
        self.history: list[str] = []
        self.requests = [self._request(number) for number in range(self.chance.randint(3, 14))]

    def run(self) -> Outcome:
        """The faulty part, then a quiet one in which everything is retried."""
        for request in self.requests:
            self._send(request)
        for _ in range(self.chance.randint(4, 12)):
            self._step(faulty=True)
        for _ in range(ROUNDS):
            for request in self.requests:
                if not request.ended:
                    self._send(request, reliable=True)
            self._step(faulty=False)
        assert all(request.ended for request in self.requests), "some request was never answered"
        self._check()
        answered = sum(bool(request.answers) for request in self.requests)
        return Outcome(answered, self.crashes, tuple(self.history))

    def _request(self, number: int) -> Request:
        """Some keys are used twice for other business: a mistake of the bank's that must cost it nothing."""
        key = f"key-{self.chance.randrange(number + 1) if self.chance.random() < 0.15 else number}"
        asks = {
            "uscc": self.chance.choice(SUBJECTS),
            "outcome": self.chance.choice(["found", "found", "partial", "not_found"]),
            "product_code": self.chance.choice(["P07", "P16"]),
            "request_sha256": f"{number:064x}",
            "consent_required": False,
        }
        return Request(key, asks)

    def _send(self, request: Request, *, reliable: bool = False) -> None:
        """One message, or none, or two; each takes its own time."""
        copies = 1 if reliable else self.chance.choice([0, 1, 1, 1, 2])
        for _ in range(copies):
            self.sent += 1
            heapq.heappush(self.network, Message(self.time + self.chance.random() * 3, self.sent, request))

    def _step(self, *, faulty: bool) -> None:
        """The server takes what has arrived as one group; whoever got no answer asks again."""
        self.time += 1
        if faulty and self.chance.random() < 0.3:
            self._turn_clock()
        group = self._arrived() if faulty else self._all()
        if not group:
            return
        fault = self.chance.choice([None, None, "before", "after", "torn", "refused", "slow"]) if faulty else None
        self.disk.arm(fault, self.chance.randint(1, 12))
        self.history.append(f"{len(group)} {fault or 'well'}")
        try:
            given = self.ledger.enter([self._draft(message.request) for message in group])
            if fault == "after":
                raise Crash
            if fault == "slow":
                self.time += 5
            for message, answer in zip(group, given, strict=True):
                self._deliver(message.request, answer, lost=faulty and self.chance.random() < 0.3)
        except Crash:
            self.crashes += 1
            self.ledger = self._started()
        finally:
            self.disk.arm(None, 0)
        if faulty:
            for message in group:
                if not message.request.ended and self.chance.random() < 0.7:
                    self._send(message.request)

    def _arrived(self) -> list[Message]:
        group = []
        while self.network and self.network[0].arrives <= self.time:
            group.append(heapq.heappop(self.network))
        self.chance.shuffle(group)
        return group

    def _all(self) -> list[Message]:
        group, self.network = sorted(self.network), []
        return group

    def _turn_clock(self) -> None:
        """Hours forward, or a step back as a time server makes it."""
        step = self.chance.choice([timedelta(hours=30), timedelta(days=8), -timedelta(seconds=90), -timedelta(hours=2)])
        self.clock.at += step

    def _draft(self, request: Request) -> Draft:
        return draft(self.bank, request.key, received_at=self.clock.at, **request.asks)

    def _deliver(self, request: Request, answer: Receipt | BureauError | None, *, lost: bool) -> None:
        if lost:
            return
        if isinstance(answer, Receipt):
            request.answers.append(answer.body)
            request.ended = True
        elif isinstance(answer, FINAL):
            request.ended = True

    def _started(self) -> Ledger:
        """A new process on the same disk; nothing of the one before it is left."""
        return Ledger(self.engine, self.signer, self.vault, self.clock)

    def _check(self) -> None:
        with Session(self.engine) as session:
            found = verify_ledger(session, self.signer, self.vault)
            assert found.fault is None, found.fault
            assert list(recount(session)) == []
            bound = dict(session.execute(select(BoundKey.key, BoundKey.request_sha256)).tuples().all())
            answered = {call.idempotency_key for call in session.scalars(select(Call)) if call.outcome != "refused"}
        assert bound.keys() == answered
        for request in self.requests:
            assert len(set(request.answers)) <= 1, "one key was given two answers"
            if request.answers:
                assert bound[request.key] == request.asks["request_sha256"]
                call_id = json.loads(request.answers[0])["evidence"]["call_id"]
                with Session(seen_by(self.engine, Tenant(self.bank.institution_id))) as session:
                    assert stored_answer(session, self.vault, call_id).body == request.answers[0]


@cache
def _template() -> tuple[Signer, Vault, Bank, sqlite3.Connection]:
    """A ledger with one bank whose terms have tiers, repeats, a cap and a wallet; every schedule copies it."""
    with TemporaryDirectory(prefix="simulation-") as folder:
        signer, vault = open_signer(Path(folder), "answers"), open_vault(SECRET)
        engine = seen_by(create_engine(sqlite_ledger(Path(folder))), EVERYONE)
        bank = add_bank(engine)
        tiers = [{"up_to": 3, "unit_fen": 500}, {"unit_fen": 90}]
        rules = [
            {"product": "P07", "price": {"model": "graduated", "tiers": tiers}, "repeat_hours": 24},
            {"product": "P16", "per": "entity_month", "price": {"model": "volume", "tiers": tiers}},
        ]
        terms = Terms.model_validate({"rules": rules, "cap_fen": 3_000, "quotas": {"P07": 8}, "prepaid": True})
        with transaction(engine) as session:
            agree(session, bank.institution_id, terms, NOON)
        pay_in(engine, bank.institution_id, 2_400, reference="transfer", at=NOON)
        engine.dispose()
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with sqlite3.connect(Path(folder) / "ledger.db") as held:
            held.backup(kept)
    return signer, vault, bank, kept


class _Drive:
    """The one engine of all schedules, so that statements are compiled once; each puts a disk of its own into it."""

    def __init__(self) -> None:
        self.disk, self.kept = Disk(), sqlite3.connect(":memory:")
        self._address, self._number = "", 0
        opened = create_engine("sqlite://", creator=self._opened, poolclass=QueuePool, pool_size=1, max_overflow=0)
        self.engine = seen_by(opened, EVERYONE)
        event.listen(opened, "before_cursor_execute", lambda *_: self.disk.before_statement())
        event.listen(opened, "commit", lambda *_: self.disk.before_commit())

    def put_in(self, template: sqlite3.Connection) -> Disk:
        """A copy of a database, in memory: a crash leaves what was committed, as recovery from a file does."""
        self.engine.dispose()
        self.kept.close()
        self._number += 1
        self._address = f"file:simulation-{self._number}?mode=memory&cache=shared"
        self.disk, self.kept = Disk(), self._opened()
        template.backup(self.kept)
        return self.disk

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._address, uri=True, check_same_thread=False)
        connection.execute("PRAGMA foreign_keys=ON")
        return connection


@cache
def _drive() -> _Drive:
    return _Drive()
