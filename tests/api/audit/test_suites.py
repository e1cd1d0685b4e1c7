"""Algorithms are named beside what they made; another suite joins without a stored row being touched."""

import hashlib
import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.audit.proofs import consistency_is_proven, proof_holds, prove, prove_consistency
from api.audit.sealing import seal
from api.audit.suites import HASHES, STANDARD, SUITES, Suite, UnknownAlgorithm, digest_name, hash_of
from api.audit.tables import AuditLeaf, AuditRoot
from api.audit.tiles import WIDTH
from api.audit.verification import verify_ledger
from api.metering.ledger import Ledger, Receipt
from api.metering.reversal import reverse
from api.metering.tables import StoredAnswer
from tests.factories.ledger import NOON, Books, draft, unanswered

OTHERS = [
    pytest.param(suite, marks=pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="no SM3 here"))
    if suite.hash_alg == "SM3"
    else suite
    for suite in SUITES
    if suite is not STANDARD
]
TABLES = ("call", "answer", "idempotency", "usage_line", "audit_leaf", "audit_node", "audit_root")


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        pytest.param("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id="FIPS 180-4"),
        pytest.param("SHA3-256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532", id="FIPS 202"),
        pytest.param(
            "SM3",
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            id="GB/T 32905",
            marks=pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="no SM3 here"),
        ),
    ],
)
def test_each_hash_gives_the_example_of_its_standard(name: str, digest: str) -> None:
    assert HASHES[name](b"abc").hex() == digest
    assert digest_name(name)


@pytest.mark.parametrize("name", ["", "sha-256", "MD5", None, 1])
def test_an_unknown_hash_is_refused(name: str) -> None:
    with pytest.raises(UnknownAlgorithm):
        hash_of(name)


def stored(books: Books) -> dict[str, list[tuple[object, ...]]]:
    with books.engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table}" ORDER BY 1, 2, 3'))]
            for table in TABLES
        }


def test_every_piece_of_evidence_names_its_algorithms(books: Books) -> None:
    books.submit(draft(books.bank))
    seal(books.engine, books.signer, NOON)
    with Session(books.engine) as session:
        assert session.scalars(select(AuditLeaf.hash_alg)).all() == ["SHA-256"]
        assert session.scalars(select(StoredAnswer.signature_alg)).all() == ["Ed25519"]
        named = session.execute(select(AuditRoot.hash_alg, AuditRoot.signature_alg)).tuples().all()
        assert named == [("SHA-256", "Ed25519")]


@pytest.mark.parametrize("suite", OTHERS, ids=lambda suite: suite.hash_alg)
def test_another_suite_goes_on_with_the_log_of_the_first(books: Books, suite: Suite) -> None:
    """Answers, chain and a tree over every leaf under the new hash; the old roots stay as they are and hold."""
    first = books.submit(*(draft(books.bank, f"key-{n}") for n in range(WIDTH + 2)))
    old_root = seal(books.engine, books.signer, NOON)
    before = stored(books)

    signer = books.signer.under(suite)
    books.ledger.close()
    books.ledger = Ledger(books.engine, signer, books.vault, books.clock)
    books.ledger.start()
    (given,) = books.submit(draft(books.bank, "under the new suite"))
    books.refuse(unanswered(books.bank))
    assert isinstance(given, Receipt)
    reverse(books.engine, given.call_id, reason="wrong enterprise", at=NOON, hash_alg=suite.hash_alg)
    new_root = seal(books.engine, signer, NOON)
    assert (new_root.size, new_root.hash_alg) == (WIDTH + 5, suite.hash_alg)

    evidence = json.loads(given.body)["evidence"]
    assert evidence.keys() == {digest_name(suite.hash_alg), "call_id", "leaf"}
    for receipt in (first[0], given):
        assert isinstance(receipt, Receipt)
        proof = prove(books.engine, signer, receipt.call_id, at=NOON)
        assert proof_holds(proof)
        assert proof.root == new_root
    assert isinstance(first[0], Receipt)
    old = prove(books.engine, books.signer, first[0].call_id, at=NOON, size=old_root.size)
    assert proof_holds(old)
    assert old.root == old_root

    later_old = seal(books.engine, books.signer, NOON)
    with Session(books.engine) as session:
        checked = verify_ledger(session, signer, books.vault)
        assert (checked.fault, checked.leaves, checked.root.hex()) == (None, WIDTH + 5, later_old.root)
        assert consistency_is_proven(prove_consistency(session.connection(), STANDARD, old_root.size))
    after = stored(books)
    assert {table: [row for row in after[table] if row in rows] for table, rows in before.items()} == before
