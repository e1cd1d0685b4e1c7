"""A ledger grown to many lines: what a call, the statements and a month of a million lines then cost.

The lines are written in bulk into the real tables, with their keys and indexes, as a year and a third of 48
institutions. They hold no answers, and their leaves are not chained: what is measured reads neither. An answer's
bytes are measured on calls that were charged in earnest.
`python -m tests.bench.grown_ledger NAME OPTIONS` runs one work in the home and prints a line of JSON.
"""

import asyncio
import hashlib
import json
import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from api.audit.sealing import seal
from api.billing.months import Month
from api.billing.statements import draw_up
from api.database import open_ledger_database
from api.identifiers import new_identifier
from api.metering.ledger import Draft, Ledger
from api.metering.tables import StoredAnswer
from api.signing import open_signer
from api.vault import open_vault
from bureau.clock import now, to_micros
from bureau.heap import hold_for_good
from bureau.settings import Settings
from tests.factories.ledger import SECRET, Bank, add_bank, draft

Facts = dict[str, Any]
INSTITUTIONS = 48
MONTHS = 16
LAST = Month.parse("2026-10")
"""The newest month of the grown ledger; the calls that are measured fall later."""
_CALLERS = 64


def grown(lines: int, answer: dict[str, Any], seconds: float = 16.0) -> Facts:
    """Statements of a ledger of so many lines, and calls on it beside calls on an empty one.

    answer: one as it is sent; every call stores it under its own number.
    """
    home = Settings().home
    empty, large = _books(home / "empty"), _books(home / "grown")
    begun = time.perf_counter()
    _fill(large, lines, INSTITUTIONS, MONTHS)
    facts: Facts = {"lines": lines, "filled": time.perf_counter() - begun}
    seal(large.engine, large.signer, now())
    facts |= _statements(large)
    facts |= _calls(empty, large, answer, seconds)
    facts |= _stored(empty)
    for books in (empty, large):
        books.engine.dispose()
    shutil.rmtree(home)
    return facts | {"seconds": facts["statements"], "cpu": 0.0}


def month_of_lines(lines: int) -> Facts:
    """The statement of one institution whose month has so many lines."""
    home = Settings().home
    books = _books(home / "month", institutions=1)
    _fill(books, lines, 1, 1)
    begun, cpu = time.perf_counter(), time.process_time()
    with Session(books.engine) as session:
        content = draw_up(session, books.banks[0].institution_id, LAST)
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    assert sum(line["calls"] for line in content["lines"]) == lines
    books.engine.dispose()
    shutil.rmtree(home)
    return took | {"lines": lines}


class _Books:
    """A ledger in a folder, with its banks."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.path = folder / "ledger.db"
        self.engine: Engine = open_ledger_database(f"sqlite:///{self.path}")
        self.signer = open_signer(folder, "answers")
        self.banks: list[Bank] = []


def _books(folder: Path, institutions: int = INSTITUTIONS) -> _Books:
    books = _Books(folder)
    books.banks = [add_bank(books.engine, f"银行{number}") for number in range(institutions)]
    return books


def _fill(books: _Books, lines: int, institutions: int, months: int) -> None:
    """Lines spread evenly over the first institutions and the last months, products and outcomes mixed."""
    first = LAST
    for _ in range(months - 1):
        first = first.former
    since, until = to_micros(first.begins), to_micros(LAST.ends)
    banks = books.banks[:institutions]
    with closing(sqlite3.connect(str(books.path), isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        connection.execute("CREATE TEMP TABLE bank (number INTEGER PRIMARY KEY, id, client)")
        rows = [(number, bank.institution_id, bank.client_id) for number, bank in enumerate(banks)]
        connection.executemany("INSERT INTO bank VALUES (?, ?, ?)", rows)
        connection.execute("BEGIN")
        for statement in _FILLING:
            connection.execute(statement, {"lines": lines, "banks": len(banks), "since": since, "until": until})
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_NUMBERS = """
    WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < :lines),
    made AS (
        SELECT n, printf('%08x-%04x-7000-8000-%012x', n >> 16, n & 65535, n) AS id, bank.id AS owner,
            bank.client AS client, :since + (:until - :since) / :lines * n AS at,
            CASE n % 3 WHEN 0 THEN 'P07' WHEN 1 THEN 'P16' ELSE 'P31' END AS product,
            CASE n % 5 WHEN 0 THEN 'not_found' ELSE 'found' END AS outcome,
            CASE n % 7 WHEN 0 THEN 'post_loan' ELSE 'pre_loan' END AS purpose
        FROM n JOIN bank ON bank.number = n % :banks
    )
"""
_CONTRACT = "(SELECT max(c.id) FROM contract_version c WHERE c.institution_id = made.owner)"
_USCC = "printf('9144030%010dX', (n * 7919) % 400000)"


def _inserting(table: str, **values: str) -> str:
    return f"INSERT INTO {table} ({', '.join(values)}) {_NUMBERS} SELECT {', '.join(values.values())} FROM made"


_FILLING = (
    _inserting(
        "call", id="id", institution_id="owner", client_id="client", idempotency_key="'key-' || id",
        request_sha256="hex(zeroblob(32))", kind="'report'", product_code="product", product_version="1",
        uscc=_USCC, purpose="purpose", client_serial="'LN-' || n", outcome="outcome",
        contract_version_id=_CONTRACT, snapshot="7", model_name="'sme_default'", model_version="'3'", test="0",
        received_at="at", committed_at="at",
    ),
    _inserting(
        "idempotency", institution_id="owner", key="'key-' || id", request_sha256="hex(zeroblob(32))", call_id="id",
    ),
    _inserting(
        "usage_line", id="id", call_id="id", kind="'charge'", institution_id="owner", product_code="product",
        product_version="1", purpose="purpose", outcome="outcome", contract_version_id=_CONTRACT, rule="n % 3",
        basis="'unit'", model_name="'sme_default'", model_version="'3'", test="0", calls="1", units="1",
        amount_fen="CASE product WHEN 'P07' THEN 800 ELSE 10 END", latency_us="5000", committed_at="at",
    ),
    _inserting(
        "audit_leaf", number="n", line_id="id", hash_alg="'SHA-256'", digest="zeroblob(32)",
        record_digest="zeroblob(32)", committed_at="at", leaf="randomblob(32)", head="zeroblob(32)",
    ),
)  # fmt: skip


def _statements(books: _Books) -> Facts:
    """All institutions' statements of the last month."""
    begun = time.perf_counter()
    calls = 0
    with Session(books.engine) as session:
        for bank in books.banks:
            calls += sum(line["calls"] for line in draw_up(session, bank.institution_id, LAST)["lines"])
    return {"statements": time.perf_counter() - begun, "statement_calls": calls}


def _calls(empty: _Books, large: _Books, body: dict[str, Any], seconds: float) -> Facts:
    """64 callers on each by turns, in short rounds, so that the machine's moods meet both."""
    took: dict[str, list[float]] = {"empty": [], "grown": []}
    ledgers = {name: _Caller(books, body) for name, books in (("empty", empty), ("grown", large))}
    hold_for_good()  # as a server does: what filling left would stop every caller now and then
    for turn in range(8):
        for name, caller in ledgers.items():
            took[name] += asyncio.run(caller.call(seconds / 16)) if turn else asyncio.run(caller.call(0.3))[:0]
    for caller in ledgers.values():
        caller.ledger.close()
    return {
        f"{name}_{mark}_ms": 1e3 * sorted(all_of)[int(len(all_of) * share)]
        for name, all_of in took.items()
        for mark, share in (("p50", 0.5), ("p99", 0.99))
    }


class _Caller:
    """64 callers of a ledger, as many institutions as there are."""

    def __init__(self, books: _Books, body: dict[str, Any]) -> None:
        self.ledger = Ledger(books.engine, books.signer, open_vault(SECRET))
        self.ledger.start()
        self.books, self.body, self.chance, self.number = books, body, random.Random(7), 0

    async def call(self, seconds: float) -> list[float]:
        until, took = time.perf_counter() + seconds, list[float]()

        async def one() -> None:
            while (begun := time.perf_counter()) < until:
                await self.ledger.submit(self._draft())
                took.append(time.perf_counter() - begun)

        await asyncio.gather(*(one() for _ in range(_CALLERS)))
        return took

    def _draft(self) -> Draft:
        at = datetime.now(UTC)
        self.number += 1
        bank, key, number = self.chance.choice(self.books.banks), f"call-{self.number}", new_identifier(at)
        return draft(
            bank,
            key,
            call_id=number,
            request_sha256=hashlib.sha256(key.encode()).hexdigest(),
            body=self.body | {"report_id": number, "charge": None, "evidence": None},
            consent_id=bank.consent_id,
            received_at=at - timedelta(milliseconds=5),
        )


def _stored(books: _Books) -> Facts:
    """Bytes of the database a charged call, everything with it, and of its answer alone."""
    with closing(sqlite3.connect(str(books.path), isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fresh = _books(books.path.parent / "fresh")
    with closing(sqlite3.connect(str(fresh.path), isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with Session(books.engine) as session:
        answers, sealed = session.execute(select(func.count(), func.sum(func.length(StoredAnswer.sealed)))).one()
    fresh.engine.dispose()
    grown_by = books.path.stat().st_size - fresh.path.stat().st_size
    return {"answers": answers, "bytes_a_call": grown_by / answers, "bytes_an_answer": sealed / answers}


WORKS: dict[str, Callable[..., Facts]] = {"grown": grown, "month_of_lines": month_of_lines}

if __name__ == "__main__":
    print(json.dumps(WORKS[sys.argv[1]](**json.loads(sys.argv[2]))))
