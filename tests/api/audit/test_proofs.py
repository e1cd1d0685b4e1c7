"""A bank can check its answer against a signed root with nothing but the published rules."""

import hashlib
import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree
from sqlalchemy import select

from api.audit.proofs import Proof, consistency_is_proven, proof_holds, prove, prove_consistency
from api.audit.sealing import seal
from api.audit.tables import AuditLeaf, AuditRoot
from api.metering.ledger import Receipt
from api.tenancy import Tenant
from bureau.clock import to_micros
from bureau.db import transaction
from bureau.errors import InvalidInput, UnknownObject
from tests.factories.ledger import NOON, Books, draft, unanswered


@pytest.fixture
def written(books: Books) -> Books:
    """Eleven leaves, the fifth of a refusal."""
    books.submit(*(draft(books.bank, f"key-{n}") for n in range(4)))
    books.refuse(unanswered(books.bank))
    books.submit(*(draft(books.bank, f"key-{n}") for n in range(5, 11)))
    return books


def decoded(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def lines(books: Books) -> list[str]:
    with transaction(books.engine) as session:
        return list(session.scalars(select(AuditLeaf.line_id).order_by(AuditLeaf.number)))


def proven(books: Books, call_id: str, **options: Any) -> Proof:
    return prove(books.engine, books.signer, call_id, at=NOON, **options)


def test_a_leaf_is_what_the_rules_say(books: Books) -> None:
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    digest = json.loads(given.body)["evidence"]["sha256"]
    expected = hashlib.sha256(
        b"\x00" + given.call_id.encode() + bytes.fromhex(digest) + to_micros(NOON).to_bytes(8, "big")
    ).digest()
    with transaction(books.engine) as session:
        leaf = session.scalars(select(AuditLeaf)).one()
    assert (leaf.leaf, leaf.hash_alg) == (expected, "SHA-256")
    assert leaf.head == hashlib.sha256(bytes(32) + expected + leaf.record_digest).digest()


def test_numbers_are_dense_across_answers_refusals_and_groups(written: Books) -> None:
    written.submit(*(draft(written.bank, f"more-{n}") for n in range(300)))
    with transaction(written.engine) as session:
        assert list(session.scalars(select(AuditLeaf.number).order_by(AuditLeaf.number))) == list(range(311))


def test_the_signed_root_is_the_tree_of_another_implementation(written: Books) -> None:
    tree = InmemoryTree(algorithm="sha256")
    signed = seal(written.engine, written.signer, NOON)
    with transaction(written.engine) as session:
        for leaf in session.scalars(select(AuditLeaf).order_by(AuditLeaf.number)):
            tree.append_entry(leaf.line_id.encode() + leaf.digest + to_micros(leaf.committed_at).to_bytes(8, "big"))
    assert (signed.size, signed.root) == (11, tree.get_state().hex())


def test_the_signature_is_checked_with_the_published_key_alone(written: Books) -> None:
    signed = seal(written.engine, written.signer, NOON)
    header, payload, signature = signed.jws.split(".")
    (key,) = written.signer.public_keys()
    assert json.loads(decoded(header)) == {"alg": "Ed25519", "kid": key["kid"], "typ": "audit-root+json"}
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(decoded(signature), f"{header}.{payload}".encode())
    assert json.loads(decoded(payload)) == {
        "size": 11,
        "root": signed.root,
        "head": signed.head,
        "hash_alg": "SHA-256",
        "signature_alg": "Ed25519",
        "signed_at": signed.signed_at,
    }


def test_every_call_has_a_proof_that_holds_and_no_other_fact_does(written: Books) -> None:
    calls = lines(written)
    for number, proof in enumerate([proven(written, call) for call in calls]):
        assert proof_holds(proof)
        assert (proof.number, proof.root.size) == (number, 11)
        assert written.signer.verify(proof.root.jws)
        assert not proof_holds(replace(proof, digest="00" * 32))
        assert not proof_holds(replace(proof, hash_alg="SHA3-256"))
        assert not proof_holds(replace(proof, committed_micros=proof.committed_micros + 1))
        assert not proof_holds(replace(proof, call_id=calls[number - 1]))
        assert not proof_holds(replace(proof, path=proof.path[::-1]))


def test_a_proof_asked_for_before_its_leaf_is_sealed_seals_at_once(written: Books) -> None:
    seal(written.engine, written.signer, NOON)
    first = lines(written)[0]
    (given,) = written.submit(draft(written.bank, "one more"))
    assert isinstance(given, Receipt)
    assert proven(written, first).root.size == 11, "what is sealed needs no new root"
    assert proven(written, given.call_id).root.size == 12
    assert proven(written, first).root.size == 12
    assert proven(written, first, size=11).root.size == 11
    assert proof_holds(proven(written, first, size=11))
    with pytest.raises(InvalidInput, match="is from before call"):
        proven(written, given.call_id, size=11)
    with pytest.raises(UnknownObject):
        proven(written, first, size=5)
    with transaction(written.engine) as session:
        assert set(session.scalars(select(AuditRoot.size))) == {11, 12}


def test_a_proof_is_for_the_institution_of_the_call(written: Books) -> None:
    line = lines(written)[0]
    assert proven(written, line, whose=Tenant(written.bank.institution_id))
    for wrong in ({"call_id": line, "whose": Tenant(99)}, {"call_id": "no such call"}):
        with pytest.raises(UnknownObject):
            proven(written, **wrong)  # type: ignore[arg-type]


def test_later_roots_are_consistent_with_earlier_ones(written: Books) -> None:
    sizes = [0, seal(written.engine, written.signer, NOON).size]
    for group in (1, 240, 5, 300):
        written.submit(*(draft(written.bank, f"{group}-{n}") for n in range(group)))
        sizes.append(seal(written.engine, written.signer, NOON).size)
    suite = written.signer.suite
    with written.engine.connect() as connection:
        for place, first in enumerate(sizes[1:], start=1):
            for second in sizes[place:]:
                found = prove_consistency(connection, suite, first, second)
                assert consistency_is_proven(found)
                forged = replace(found, first=replace(found.first, root="00" * 32))
                assert not consistency_is_proven(forged)
        assert prove_consistency(connection, suite, 11).second.size == 557
        with pytest.raises(InvalidInput, match="Exchange them"):
            prove_consistency(connection, suite, 252, 11)
        for unknown in ((13, None), (11, 13)):
            with pytest.raises(UnknownObject):
                prove_consistency(connection, suite, *unknown)
