"""Whoever changes the ledger behind its back is found, and the first wrong call is named."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from api.audit import verification
from api.audit.chain import GENESIS, next_head, record_digest
from api.audit.faults import Fault
from api.audit.sealing import seal
from api.audit.tables import AuditLeaf
from api.audit.verification import Verification, verify_ledger
from api.metering.ledger import Ledger, Receipt
from api.metering.reversal import reverse
from api.metering.tables import Call, UsageLine
from api.tables import LedgerTable
from api.tenancy import EVERYONE, seen_by
from bureau.db import transaction
from tests.factories.ledger import NOON, Books, draft, open_books, sqlite_ledger, unanswered

COUNT = 12
THIRD = 3


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Twelve calls, the third of them the one that will be tampered with; a refusal; a reversal; a signed root."""
    opened = open_books(sqlite_ledger(tmp_path), tmp_path)
    opened.submit(*(draft(opened.bank, f"key-{n}") for n in range(COUNT)))
    opened.refuse(unanswered(opened.bank))
    (given,) = opened.submit(draft(opened.bank, "reversed"))
    assert isinstance(given, Receipt)
    reverse(opened.engine, given.call_id, reason="wrong enterprise", at=NOON)
    seal(opened.engine, opened.signer, NOON)
    opened.ledger.close()
    yield opened
    opened.engine.dispose()


def verified(books: Books) -> Verification:
    engine = seen_by(create_engine(books.engine.url), EVERYONE)
    with Session(engine) as session:
        found = verify_ledger(session, books.signer, books.vault)
    engine.dispose()
    return found


def fault(books: Books) -> Fault:
    found = verified(books).fault
    assert found is not None, "nothing was found"
    return found


def tamper(books: Books, *statements: str) -> None:
    """What somebody with the file can do: drop the triggers, ignore foreign keys, write."""
    assert books.engine.url.database
    with closing(sqlite3.connect(books.engine.url.database, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def call_at(books: Books, number: int) -> str:
    assert books.engine.url.database
    with closing(sqlite3.connect(books.engine.url.database)) as connection:
        ((line,),) = connection.execute("SELECT line_id FROM audit_leaf WHERE number = ?", [number])
    return str(line)


def resealed(books: Books, call_id: str) -> bytes:
    """What somebody who has the key would store: another score, sealed well."""
    sent = books.answer(call_id).body
    return books.vault.seal(sent.replace(b"688", b"689"), call_id)


def test_an_honest_ledger_is_sound(books: Books) -> None:
    found = verified(books)
    assert (found.leaves, found.fault) == (COUNT + 3, None)


def test_an_empty_ledger_is_sound(tmp_path: Path) -> None:
    empty = open_books(sqlite_ledger(tmp_path), tmp_path)
    assert verified(empty).fault is None
    empty.ledger.close()
    empty.engine.dispose()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        pytest.param("UPDATE answer SET sealed = x'{resealed}' WHERE {answer}", "signed", id="a score"),
        pytest.param("UPDATE answer SET status = 200 WHERE {answer}", "signed", id="a status"),
        pytest.param("UPDATE answer SET jws = x'0000' WHERE {answer}", "signed", id="a signature"),
        pytest.param("UPDATE usage_line SET amount_fen = 1 WHERE {line}", "line was changed", id="an amount"),
        pytest.param(
            "UPDATE usage_line SET institution_id = 2 WHERE {line}",
            "line was changed",
            id="a charge moved to another bank",
        ),
        pytest.param("UPDATE call SET purpose = 'self' WHERE {call}", "call or usage line", id="a purpose"),
        pytest.param("UPDATE call SET consent_id = NULL WHERE {call}", "call or usage line", id="a consent taken out"),
        pytest.param("UPDATE call SET uscc = x'ff' WHERE {call}", "cannot be read", id="a value of another type"),
        pytest.param("UPDATE call SET uscc = CAST(x'ff' AS TEXT) WHERE {call}", "cannot be read", id="broken text"),
        pytest.param("UPDATE idempotency SET key = 'other' WHERE {answer}", "key was changed", id="a key"),
        pytest.param("DELETE FROM idempotency WHERE {answer}", "key is missing", id="a key removed"),
        pytest.param("DELETE FROM answer WHERE {answer}", "missing", id="an answer removed"),
        pytest.param("DELETE FROM call WHERE {call}", "missing", id="a call removed"),
        pytest.param("DELETE FROM usage_line WHERE {line}", "missing", id="a line removed"),
        pytest.param("UPDATE audit_leaf SET digest = zeroblob(32) WHERE {leaf}", "does not follow", id="a digest"),
        pytest.param("UPDATE audit_leaf SET leaf = zeroblob(32) WHERE {leaf}", "does not follow", id="a leaf"),
        pytest.param("UPDATE audit_leaf SET head = zeroblob(32) WHERE {leaf}", "chain before", id="a head"),
        pytest.param(
            "UPDATE audit_leaf SET committed_at = committed_at + 1 WHERE {leaf}", "does not follow", id="an instant"
        ),
    ],
)
def test_a_change_is_found_where_it_was_made(books: Books, statement: str, what: str) -> None:
    third = call_at(books, THIRD)
    where = {
        "answer": f"call_id = '{third}'",
        "line": f"id = '{third}'",
        "call": f"id = '{third}'",
        "leaf": "number = 3",
        "resealed": resealed(books, third).hex(),
    }
    tamper(books, statement.format(**where))
    found = fault(books)
    assert (found.named, found.number) == (third, THIRD)
    assert what in found.what


@pytest.mark.parametrize(
    ("statements", "named", "what"),
    [
        pytest.param(["DELETE FROM audit_leaf WHERE number = 3"], "leaf 3", "it is missing", id="a leaf removed"),
        pytest.param(
            [
                "DELETE FROM audit_leaf WHERE number = 14",
                "DELETE FROM usage_line WHERE kind = 'reversal'",
            ],
            "root of 15 leaves",
            "only 14 leaves",
            id="the end of the log removed",
        ),
        pytest.param(
            [
                "CREATE TEMP TABLE made AS SELECT * FROM usage_line LIMIT 1",
                "UPDATE made SET id = 'x'",
                "INSERT INTO usage_line SELECT * FROM made",
            ],
            "x",
            "no leaf",
            id="a charge made up",
        ),
        pytest.param(
            ["INSERT INTO answer SELECT 'x', status, sealed, jws, signature_alg FROM answer LIMIT 1"],
            "x",
            "no call",
            id="an answer made up",
        ),
        pytest.param(
            ["INSERT INTO idempotency SELECT 1, 'k', request_sha256, 'x' FROM idempotency LIMIT 1"],
            "x",
            "no call",
            id="a key made up",
        ),
        pytest.param(
            ["UPDATE audit_root SET root = zeroblob(32)"],
            "root of 15 leaves",
            "not over it",
            id="a signed root changed",
        ),
        pytest.param(
            ["INSERT INTO audit_node VALUES ('SHA-256', 1, 0, zeroblob(32))"],
            "node 0 of level 1 (SHA-256)",
            "no leaves",
            id="a node made up",
        ),
        pytest.param(
            ["INSERT INTO audit_node VALUES ('MD5', 1, 0, zeroblob(32))"],
            "node 0 of level 1 (MD5)",
            "no leaves",
            id="a node of an unknown tree",
        ),
        pytest.param(
            ["UPDATE audit_root SET size = 'many'"], "root of many leaves", "has only", id="a size that is no number"
        ),
        pytest.param(["UPDATE audit_root SET size = -1"], "root of -1 leaves", "not over it", id="less than nothing"),
        pytest.param(
            ["UPDATE audit_leaf SET number = -1 WHERE number = 3"], "leaf 0", "is missing", id="a number below 0"
        ),
        pytest.param(
            ["UPDATE audit_root SET signed_at = 'noon'"], "root of 15 leaves", "cannot be read", id="no instant"
        ),
    ],
)
def test_what_was_removed_or_made_up_is_found(books: Books, statements: list[str], named: str, what: str) -> None:
    tamper(books, *statements)
    found = fault(books)
    assert found.named == named
    assert what in found.what


def test_a_chain_computed_anew_is_not_the_signed_one(books: Books) -> None:
    """Somebody rewrites a call and then every head after it, but cannot sign."""
    third = call_at(books, THIRD)
    tamper(
        books,
        f"UPDATE call SET purpose = 'self' WHERE id = '{third}'",
        f"UPDATE usage_line SET purpose = 'self' WHERE id = '{third}'",
    )
    recompute_chain(books)
    found = fault(books)
    assert (found.named, found.what) == ("root of 15 leaves", "it is not a root of this log")


def recompute_chain(books: Books) -> None:
    """Every record and head anew, by our own rules."""
    query = select(AuditLeaf, UsageLine, Call).join(UsageLine, UsageLine.id == AuditLeaf.line_id)
    with transaction(books.engine) as session:
        head = GENESIS
        for leaf, line, call in session.execute(query.join(Call).order_by(AuditLeaf.number)):
            rows = {"line": columns(line), "call": columns(call) if line.kind == "charge" else None}
            leaf.record_digest = record_digest(leaf.hash_alg, rows)
            leaf.head = head = next_head(leaf.hash_alg, head, leaf.leaf, leaf.record_digest)


def columns(row: LedgerTable) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def test_the_walk_holds_one_portion_and_tells_how_far_it_is(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_PAGE", 4)
    monkeypatch.setattr(verification, "_TOLD", 5)
    told, held = [], []
    with Session(books.engine) as session:

        def tell(line: str, done: float) -> None:
            told.append((line, round(done, 2)))
            held.append(len(session.identity_map))

        assert verify_ledger(session, books.signer, books.vault, tell).fault is None
    assert told == [("5 leaves", 0.33), ("10 leaves", 0.67), ("15 leaves", 1.0)]
    assert max(held) <= 4 * 5, "no more than the rows of one portion"


def test_a_log_that_grows_during_the_walk_is_sound(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "_TOLD", 15)
    books.ledger = Ledger(books.engine, books.signer, books.vault, books.clock)
    books.ledger.start()

    def grow(line: str, done: float) -> None:
        books.submit(draft(books.bank, "meanwhile"))
        seal(books.engine, books.signer, NOON)

    with Session(books.engine) as session:
        assert verify_ledger(session, books.signer, books.vault, grow).fault is None
    books.ledger.close()
    assert verified(books).leaves == COUNT + 4
