"""Tables of the audit log. Every row is final: triggers refuse UPDATE and DELETE.

Each row names the hash and the signature it was made with (`api.audit.suites`).
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable

DENSE = BigInteger().with_variant(Integer(), "sqlite")
"""A number that SQLite takes as the row's own, without an index beside the table."""


class AuditLeaf(LedgerTable):
    """The evidence of one usage line: its place in the log, dense from 0. `api.audit.chain` says each byte."""

    __tablename__ = "audit_leaf"
    number: Mapped[int] = mapped_column(DENSE, primary_key=True, autoincrement=False)
    line_id: Mapped[str] = mapped_column(ForeignKey("usage_line.id"), unique=True)
    hash_alg: Mapped[str]
    digest: Mapped[bytes]
    record_digest: Mapped[bytes]
    committed_at: Mapped[datetime]
    leaf: Mapped[bytes]
    head: Mapped[bytes]


class AuditNode(LedgerTable):
    """A full subtree of the Merkle tree under one hash: of level k over 256 ** k leaves, numbered from 0."""

    __tablename__ = "audit_node"
    hash_alg: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    node: Mapped[bytes]


class AuditRoot(LedgerTable):
    """A Merkle root that was signed and handed out; later logs must still contain it."""

    __tablename__ = "audit_root"
    hash_alg: Mapped[str] = mapped_column(primary_key=True)
    signature_alg: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    head: Mapped[bytes]
    signed_at: Mapped[datetime]
    jws: Mapped[str]


class AuditAct(LedgerTable):
    """The evidence of one row that no call writes (terms, payments, statements): `api.audit.acts` says each byte."""

    __tablename__ = "audit_act"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    table_name: Mapped[str]
    row_key: Mapped[str]
    hash_alg: Mapped[str]
    record_digest: Mapped[bytes]
    head: Mapped[bytes]


class AuditActHead(LedgerTable):
    """A head of the acts that was signed; later acts must still follow from it."""

    __tablename__ = "audit_act_head"
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    head: Mapped[bytes]
    signature_alg: Mapped[str]
    signed_at: Mapped[datetime]
    jws: Mapped[str]
