"""Proofs against signed roots: that one call is in the log, and that a later log begins with an earlier one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from api.audit.chain import leaf_hash
from api.audit.merkle import consistency_holds, consistency_path, inclusion_path, root_from_path
from api.audit.sealing import SignedRoot, find_root, newest_root, seal
from api.audit.suites import Suite, hash_of
from api.audit.tables import AuditLeaf
from api.audit.tiles import node_reader, stored_span
from api.metering.tables import UsageLine
from api.signing import Signer
from api.tenancy import EVERYONE, Sight, seen_by
from bureau.clock import from_micros, to_micros
from bureau.errors import InvalidInput, UnknownObject


@dataclass(frozen=True)
class Proof:
    """What a bank needs to find its answer in a signed root without us; digests are hexadecimal.

    `leaf` follows from `call_id`, `digest` and `committed_micros` by the hash `hash_alg` (`api.audit.chain` says how),
    and `path` leads from it to the root by the root's own hash.
    """

    call_id: str
    hash_alg: str
    digest: str
    committed_at: str
    committed_micros: int
    leaf: str
    number: int
    path: tuple[str, ...]
    root: SignedRoot


@dataclass(frozen=True)
class Consistency:
    """What shows that the log of `second` begins with the log of `first`."""

    first: SignedRoot
    second: SignedRoot
    path: tuple[str, ...]


def prove(
    engine: Engine,
    signer: Signer,
    call_id: str,
    *,
    at: datetime,
    whose: Sight = EVERYONE,
    size: int | None = None,
) -> Proof:
    """Prove that a call is in a signed, stored root; one that is in none yet is sealed at once.

    whose: who asks, and sees the call. size: of the root to prove against, the newest without it. Roots and the tree
    are read as the engine sees them. Raises `UnknownObject`, also for a call that is not seen, and `InvalidInput` for
    a root from before the call.
    """
    with Session(seen_by(engine, whose)) as session:
        leaf = _leaf_of(session, call_id)
    with engine.connect() as connection:
        root = newest_root(connection, signer.suite) if size is None else find_root(connection, signer.suite, size)
    if size is not None and size <= leaf.number:
        raise InvalidInput(f"The root of size {size} is from before call {call_id}. Name a larger one, or none.")
    if root is None or root.size <= leaf.number:
        root = seal(engine, signer, at)
    with engine.connect() as connection:
        span = stored_span(node_reader(connection, root.hash_alg), hash_of(root.hash_alg))
        path = inclusion_path(span, leaf.number, root.size)
    return Proof(
        call_id=call_id,
        hash_alg=leaf.hash_alg,
        digest=leaf.digest.hex(),
        committed_at=leaf.committed_at.isoformat(),
        committed_micros=to_micros(leaf.committed_at),
        leaf=leaf.leaf.hex(),
        number=leaf.number,
        path=tuple(node.hex() for node in path),
        root=root,
    )


def prove_consistency(connection: Connection, suite: Suite, first: int, second: int | None = None) -> Consistency:
    """Prove that a signed root's log begins with an earlier one's. second: its size, the newest without it.

    Raises `UnknownObject` where no root of such a size was signed, and `InvalidInput` for a first after the second.
    """
    earlier = find_root(connection, suite, first)
    later = newest_root(connection, suite) if second is None else find_root(connection, suite, second)
    if later is None or first > later.size:
        raise InvalidInput(f"The first root ({first}) is larger than the second ({second}). Exchange them.")
    span = stored_span(node_reader(connection, suite.hash_alg), hash_of(suite.hash_alg))
    path = consistency_path(span, first, later.size)
    return Consistency(earlier, later, tuple(node.hex() for node in path))


def proof_holds(proof: Proof) -> bool:
    """Whether the facts of a proof give its leaf, and the leaf its root. The signature is checked apart."""
    digest, committed_at = bytes.fromhex(proof.digest), from_micros(proof.committed_micros)
    leaf = leaf_hash(proof.hash_alg, proof.call_id, digest, committed_at)
    path = [bytes.fromhex(node) for node in proof.path]
    root = root_from_path(hash_of(proof.root.hash_alg), leaf, proof.number, proof.root.size, path)
    return leaf.hex() == proof.leaf and root is not None and root.hex() == proof.root.root


def consistency_is_proven(found: Consistency) -> bool:
    """Whether the path leads to both roots. The signatures are checked apart."""
    first, second = (bytes.fromhex(root.root) for root in (found.first, found.second))
    path = [bytes.fromhex(node) for node in found.path]
    h = hash_of(found.second.hash_alg)
    same = found.first.hash_alg == found.second.hash_alg
    return same and consistency_holds(h, found.first.size, found.second.size, first, second, path)


def _leaf_of(session: Session, call_id: str) -> AuditLeaf:
    """Leaves are everybody's to read; that the session sees the line of this one makes it the caller's."""
    query = select(AuditLeaf).join(UsageLine, UsageLine.id == AuditLeaf.line_id)
    leaf = session.scalars(query.where(AuditLeaf.line_id == call_id)).one_or_none()
    if leaf is None:
        raise UnknownObject("call", call_id)
    return leaf
