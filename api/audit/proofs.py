"""Signed roots of the audit log, and proofs that one call is in it."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.audit.chain import GENESIS, leaf_hash
from api.audit.merkle import inclusion_path, merkle_root, root_from_path
from api.audit.tables import AuditLeaf, AuditRoot
from api.metering.tables import UsageLine
from api.signing import Signer
from bureau.clock import from_micros, to_micros
from bureau.errors import UnknownObject


@dataclass(frozen=True)
class SignedRoot:
    """The whole log in two digests (hexadecimal), signed: the Merkle root of its leaves and the chain's head."""

    size: int
    root: str
    head: str
    signed_at: str
    jws: str


@dataclass(frozen=True)
class Proof:
    """What a bank needs to find its answer in a signed root without us; digests are hexadecimal.

    `leaf` follows from `call_id`, `sha256` and `committed_micros` (`api.audit.chain` says how), and
    `path` leads from it to the root.
    """

    call_id: str
    sha256: str
    committed_at: str
    committed_micros: int
    leaf: str
    number: int
    path: tuple[str, ...]
    root: SignedRoot


def sign_root(session: Session, signer: Signer, at: datetime) -> SignedRoot:
    """Sign the log as it is and keep the root; the same log gives the root that was signed first."""
    leaves, head = _read_log(session)
    kept = session.get(AuditRoot, len(leaves))
    if kept is not None:
        return SignedRoot(kept.size, kept.root.hex(), kept.head.hex(), kept.signed_at.isoformat(), kept.jws)
    root = merkle_root(leaves)
    signed = _signed(signer, len(leaves), root, head, at)
    session.add(AuditRoot(size=len(leaves), root=root, head=head, signed_at=at, jws=signed.jws))
    session.flush()
    return signed


def prove(session: Session, signer: Signer, call_id: str, *, at: datetime, institution_id: int | None = None) -> Proof:
    """Prove that a call is in the log as it is now.

    institution_id: whose call it must be; None for the platform's own auditor. Raises `UnknownObject`.
    """
    entry = session.execute(
        select(AuditLeaf, UsageLine.institution_id)
        .join(UsageLine, UsageLine.id == AuditLeaf.line_id)
        .where(AuditLeaf.line_id == call_id)
    ).one_or_none()
    if entry is None or institution_id not in (None, entry.institution_id):
        raise UnknownObject("call", call_id)
    leaf: AuditLeaf = entry.AuditLeaf
    leaves, head = _read_log(session)
    return Proof(
        call_id=call_id,
        sha256=leaf.sha256.hex(),
        committed_at=leaf.committed_at.isoformat(),
        committed_micros=to_micros(leaf.committed_at),
        leaf=leaf.leaf.hex(),
        number=leaf.number,
        path=tuple(node.hex() for node in inclusion_path(leaves, leaf.number)),
        root=_signed(signer, len(leaves), merkle_root(leaves), head, at),
    )


def proof_holds(proof: Proof) -> bool:
    """Whether the facts of a proof give its leaf, and the leaf its root. The signature is checked apart."""
    leaf = leaf_hash(proof.call_id, bytes.fromhex(proof.sha256), from_micros(proof.committed_micros))
    path = [bytes.fromhex(node) for node in proof.path]
    root = root_from_path(leaf, proof.number, proof.root.size, path)
    return leaf.hex() == proof.leaf and root is not None and root.hex() == proof.root.root


def root_claims(size: int, root: bytes, head: bytes, at: datetime) -> bytes:
    """What the signature of a root is over: compact JSON in this order."""
    claims = {"size": size, "root": root.hex(), "head": head.hex(), "signed_at": at.isoformat()}
    return json.dumps(claims, separators=(",", ":")).encode()


def _signed(signer: Signer, size: int, root: bytes, head: bytes, at: datetime) -> SignedRoot:
    jws = signer.sign(root_claims(size, root, head, at), typ="audit-root+json")
    return SignedRoot(size, root.hex(), head.hex(), at.isoformat(), jws)


def _read_log(session: Session) -> tuple[list[bytes], bytes]:
    """Every leaf in order, and the head of the last."""
    rows = session.execute(select(AuditLeaf.leaf, AuditLeaf.head).order_by(AuditLeaf.number)).all()
    return [row.leaf for row in rows], rows[-1].head if rows else GENESIS
