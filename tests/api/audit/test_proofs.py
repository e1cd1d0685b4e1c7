"""A bank can check its answer against a signed root with nothing but the published rules."""

import hashlib
import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree
from sqlalchemy import select

from api.audit.proofs import proof_holds, prove, sign_root
from api.audit.tables import AuditLeaf, AuditRoot
from api.metering.ledger import Receipt
from bureau.clock import to_micros
from bureau.db import transaction
from bureau.errors import UnknownObject
from tests.factories.ledger import NOON, Books, draft, unanswered


@pytest.fixture
def written(books: Books) -> Books:
    """Eleven leaves, the fifth of a refusal."""
    for n in range(11):
        if n == 4:
            books.refuse(unanswered(books.bank))
        else:
            books.submit(draft(books.bank, f"key-{n}"))
    return books


def decoded(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def test_a_leaf_is_what_the_rules_say(books: Books) -> None:
    (given,) = books.submit(draft(books.bank))
    assert isinstance(given, Receipt)
    digest = json.loads(given.body)["evidence"]["sha256"]
    expected = hashlib.sha256(
        b"\x00" + given.call_id.encode() + bytes.fromhex(digest) + to_micros(NOON).to_bytes(8, "big")
    ).digest()
    with transaction(books.engine) as session:
        leaf = session.scalars(select(AuditLeaf)).one()
    assert leaf.leaf == expected
    assert leaf.head == hashlib.sha256(bytes(32) + expected + leaf.record_sha256).digest()


def test_numbers_are_dense_across_answers_refusals_and_groups(written: Books) -> None:
    written.submit(*(draft(written.bank, f"more-{n}") for n in range(300)))
    with transaction(written.engine) as session:
        assert list(session.scalars(select(AuditLeaf.number).order_by(AuditLeaf.number))) == list(range(311))


def test_the_signed_root_is_the_tree_of_another_implementation(written: Books) -> None:
    tree = InmemoryTree(algorithm="sha256")
    with transaction(written.engine) as session:
        signed = sign_root(session, written.signer, NOON)
        for leaf in session.scalars(select(AuditLeaf).order_by(AuditLeaf.number)):
            tree.append_entry(leaf.line_id.encode() + leaf.sha256 + to_micros(leaf.committed_at).to_bytes(8, "big"))
    assert (signed.size, signed.root) == (11, tree.get_state().hex())


def test_the_signature_is_checked_with_the_published_key_alone(written: Books) -> None:
    with transaction(written.engine) as session:
        signed = sign_root(session, written.signer, NOON)
    header, payload, signature = signed.jws.split(".")
    (key,) = written.signer.public_keys()
    assert json.loads(decoded(header))["kid"] == key["kid"]
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(decoded(signature), f"{header}.{payload}".encode())
    assert json.loads(decoded(payload)) == {
        "size": 11,
        "root": signed.root,
        "head": signed.head,
        "signed_at": signed.signed_at,
    }


def test_the_same_log_has_one_signed_root(written: Books) -> None:
    with transaction(written.engine) as session:
        first = sign_root(session, written.signer, NOON)
        assert sign_root(session, written.signer, NOON + timedelta(hours=1)) == first
    written.submit(draft(written.bank, "one more"))
    with transaction(written.engine) as session:
        assert sign_root(session, written.signer, NOON).size == 12
        assert len(session.scalars(select(AuditRoot)).all()) == 2


def test_every_call_has_a_proof_that_holds_and_no_other_fact_does(written: Books) -> None:
    with transaction(written.engine) as session:
        lines = session.scalars(select(AuditLeaf.line_id).order_by(AuditLeaf.number)).all()
        proofs = [prove(session, written.signer, line, at=NOON) for line in lines]
    for number, proof in enumerate(proofs):
        assert proof_holds(proof)
        assert proof.number == number
        assert written.signer.verify(proof.root.jws)
        assert not proof_holds(replace(proof, sha256="00" * 32))
        assert not proof_holds(replace(proof, committed_micros=proof.committed_micros + 1))
        assert not proof_holds(replace(proof, call_id=lines[number - 1]))
        assert not proof_holds(replace(proof, path=proof.path[::-1]))


def test_a_proof_is_for_the_institution_of_the_call(written: Books) -> None:
    with transaction(written.engine) as session:
        line = session.scalars(select(AuditLeaf.line_id)).first()
        assert line
        assert prove(session, written.signer, line, at=NOON, institution_id=written.bank.institution_id)
        for wrong in ({"call_id": line, "institution_id": 99}, {"call_id": "no such call"}):
            with pytest.raises(UnknownObject):
                prove(session, written.signer, at=NOON, **wrong)  # type: ignore[arg-type]
