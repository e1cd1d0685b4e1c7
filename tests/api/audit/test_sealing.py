"""Sealing takes in what is new, in portions, keeps each root once, and is due each minute."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.audit import sealing
from api.audit.merkle import merkle_root
from api.audit.sealer import seal_if_due
from api.audit.sealing import newest_root, seal, stored_roots
from api.audit.suites import HASHES
from api.audit.tables import AuditLeaf, AuditNode, AuditRoot
from api.audit.tiles import WIDTH
from api.audit.verification import verify_ledger
from tests.factories.ledger import NOON, Books, draft


def write(books: Books, count: int, name: str = "key") -> None:
    books.submit(*(draft(books.bank, f"{name}-{n}") for n in range(count)))


def leaves(engine: Engine) -> list[bytes]:
    with Session(engine) as session:
        return list(session.scalars(select(AuditLeaf.leaf).order_by(AuditLeaf.number)))


def sizes(engine: Engine) -> list[int]:
    with Session(engine) as session:
        return list(session.scalars(select(AuditRoot.size).order_by(AuditRoot.size)))


def test_the_same_log_has_one_signed_root(books: Books) -> None:
    write(books, 3)
    first = seal(books.engine, books.signer, NOON)
    assert seal(books.engine, books.signer, NOON + timedelta(hours=1)) == first
    write(books, 1, "more")
    assert seal(books.engine, books.signer, NOON).size == 4
    assert sizes(books.engine) == [3, 4]


def test_an_empty_log_has_a_root(books: Books) -> None:
    assert seal(books.engine, books.signer, NOON).size == 0
    with Session(books.engine) as session:
        assert verify_ledger(session, books.signer, books.vault).fault is None


@pytest.mark.parametrize("portion", [1, 2, 64])
def test_in_whatever_portions_the_tree_is_the_same(books: Books, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(sealing, "_PORTION", portion * WIDTH)
    for count in (WIDTH - 1, 1, WIDTH + 7):
        write(books, count, f"of {count}")
        root = seal(books.engine, books.signer, NOON).root
        assert root == merkle_root(HASHES["SHA-256"], leaves(books.engine)).hex()
    with Session(books.engine) as session:
        nodes = session.execute(select(AuditNode.level, AuditNode.number).order_by(AuditNode.number)).tuples().all()
        assert nodes == [(1, 0), (1, 1)]
        assert verify_ledger(session, books.signer, books.vault).fault is None


def test_sealers_in_each_other_s_way_give_one_tree(books: Books) -> None:
    write(books, WIDTH + 3)
    given = []
    threads = [threading.Thread(target=lambda: given.append(seal(books.engine, books.signer, NOON))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 4
    assert len(set(given)) == 1
    assert sizes(books.engine) == [WIDTH + 3]


def test_roots_are_listed_from_the_largest(books: Books) -> None:
    for count in range(3):
        write(books, 1, str(count))
        seal(books.engine, books.signer, NOON)
    with books.engine.connect() as connection:
        suite = books.signer.suite
        assert [root.size for root in stored_roots(connection, suite, limit=2)] == [3, 2]
        assert [root.size for root in stored_roots(connection, suite, limit=2, below=2)] == [1]
        assert newest_root(connection, suite) == stored_roots(connection, suite, limit=1)[0]
        assert newest_root(connection, replace(suite, hash_alg="SM3")) is None


@pytest.mark.parametrize(
    ("later", "written", "due"),
    [
        pytest.param(timedelta(minutes=1), 1, True, id="a minute later, with a new call"),
        pytest.param(timedelta(minutes=1), 0, False, id="a minute later, with none"),
        pytest.param(timedelta(seconds=20), 1, False, id="another process sealed 20 seconds ago"),
        pytest.param(timedelta(hours=-1), 1, True, id="the clock was set back"),
    ],
)
def test_a_root_is_due_each_minute_while_there_are_calls(
    books: Books, later: timedelta, written: int, due: bool
) -> None:
    assert seal_if_due(books.engine, books.signer, NOON) is None, "an empty log"
    write(books, 2)
    assert seal_if_due(books.engine, books.signer, NOON)
    write(books, written, "more")
    assert (seal_if_due(books.engine, books.signer, NOON + later) is not None) is due
