"""Sealing: the log's leaves go into the stored tree, and its root is signed, kept and handed out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select

from api.audit.chain import GENESIS
from api.audit.suites import Suite, hash_of
from api.audit.tables import AuditLeaf, AuditNode, AuditRoot
from api.audit.tiles import WIDTH, Frontier, node_reader, read_frontier
from api.metering.exclusive import SEALING, exclusive
from api.signing import Signer
from bureau.errors import UnknownObject

ROOT_TYPE = "audit-root+json"
"""`typ` in the header of a root's JWS: no other signature of the platform can pass for a root."""
_PORTION = 64 * WIDTH
"""Leaves taken in at once: on SQLite nobody writes meanwhile, so it is short."""


@dataclass(frozen=True)
class SignedRoot:
    """The whole log in two digests (hexadecimal), signed: the Merkle root of its leaves and the chain's head.

    jws: compact; its payload is the other fields (`root_claims`).
    """

    size: int
    root: str
    head: str
    hash_alg: str
    signature_alg: str
    signed_at: str
    jws: str


def seal(engine: Engine, signer: Signer, at: datetime) -> SignedRoot:
    """Sign the log as it is and keep the root; the same log gives the root that was signed first.

    Costs what the leaves since the last one cost, and a few tiles. One at a time over all processes.
    """
    while True:
        with exclusive(engine, SEALING) as connection:
            root = _advance(connection, signer, at)
        if root is not None:
            return root


def newest_root(connection: Connection, suite: Suite) -> SignedRoot | None:
    """The largest root that was signed, if any."""
    return next(iter(stored_roots(connection, suite, limit=1)), None)


def stored_roots(connection: Connection, suite: Suite, *, limit: int, below: int | None = None) -> Sequence[SignedRoot]:
    """Signed roots of a suite, the largest first. below: only of fewer leaves."""
    query = _roots(suite).order_by(AuditRoot.size.desc()).limit(limit)
    if below is not None:
        query = query.where(AuditRoot.size < below)
    return [_shown(row) for row in connection.execute(query)]


def find_root(connection: Connection, suite: Suite, size: int) -> SignedRoot:
    """The signed root of exactly so many leaves; raises `UnknownObject`."""
    query = _roots(suite).where(AuditRoot.size == size)
    row = connection.execute(query).one_or_none() if size.bit_length() < 64 else None  # else in no column of any size
    if row is None:
        raise UnknownObject("signed root of size", str(size), "in this log: GET /v1/audit/roots lists them")
    return _shown(row)


def root_claims(root: AuditRoot | Row[Any]) -> bytes:
    """What the signature of a root is over: compact JSON in this order, digests hexadecimal."""
    claims = {
        "size": root.size,
        "root": root.root.hex(),
        "head": root.head.hex(),
        "hash_alg": root.hash_alg,
        "signature_alg": root.signature_alg,
        "signed_at": root.signed_at.isoformat(),
    }
    return json.dumps(claims, separators=(",", ":")).encode()


def _advance(connection: Connection, signer: Signer, at: datetime) -> SignedRoot | None:
    """Take in one portion of leaves; the root where no leaf is left."""
    suite = signer.suite
    stored = _count(connection, suite.hash_alg) * WIDTH
    read = node_reader(connection, suite.hash_alg)
    frontier = read_frontier(read, hash_of(suite.hash_alg), stored)
    leaves = read(0, stored, stored + _PORTION)
    nodes = [
        {"hash_alg": suite.hash_alg, "level": level, "number": number, "node": node}
        for leaf in leaves
        for level, number, node in frontier.push(leaf)
    ]
    if nodes:
        connection.execute(insert(AuditNode), nodes)
    return None if len(leaves) == _PORTION else _signed(connection, signer, frontier, at)


def _count(connection: Connection, hash_alg: str) -> int:
    """Full tiles of leaves that are in the tree."""
    query = select(func.max(AuditNode.number)).where(AuditNode.hash_alg == hash_alg, AuditNode.level == 1)
    last = connection.scalar(query)
    return 0 if last is None else last + 1


def _signed(connection: Connection, signer: Signer, frontier: Frontier, at: datetime) -> SignedRoot:
    suite, size = signer.suite, frontier.size
    kept = connection.execute(_roots(suite).where(AuditRoot.size == size)).one_or_none()
    if kept is not None:
        return _shown(kept)
    ending = select(AuditLeaf.head, AuditLeaf.committed_at).where(AuditLeaf.number == size - 1)
    last = connection.execute(ending).first()
    root = AuditRoot(
        hash_alg=suite.hash_alg,
        signature_alg=suite.signature_alg,
        size=size,
        root=frontier.root(),
        head=GENESIS if last is None else last.head,
        signed_at=at if last is None else max(at, last.committed_at),
    )
    root.jws = signer.sign(root_claims(root), typ=ROOT_TYPE)
    connection.execute(insert(AuditRoot), [{c.name: getattr(root, c.name) for c in AuditRoot.__table__.columns}])
    return _shown(root)


def _roots(suite: Suite) -> Any:
    return select(AuditRoot.__table__).where(
        AuditRoot.hash_alg == suite.hash_alg, AuditRoot.signature_alg == suite.signature_alg
    )


def _shown(row: AuditRoot | Row[Any]) -> SignedRoot:
    return SignedRoot(
        size=row.size,
        root=row.root.hex(),
        head=row.head.hex(),
        hash_alg=row.hash_alg,
        signature_alg=row.signature_alg,
        signed_at=row.signed_at.isoformat(),
        jws=row.jws,
    )
