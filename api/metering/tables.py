"""Tables of money and evidence. Every row is final: triggers refuse UPDATE and DELETE.

One call writes one `call`, one `usage_line` and one `audit_leaf`; one with an answer also an `answer` and
an `idempotency` row. All of them in one transaction (design D7).
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable


class Call(LedgerTable):
    """One request that reached a product: who asked about whom, why, under which authority, with which outcome."""

    __tablename__ = "call"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"))
    idempotency_key: Mapped[str | None]
    request_sha256: Mapped[str]
    kind: Mapped[str]  # report | decision | match
    product_code: Mapped[str]
    product_version: Mapped[int]
    uscc: Mapped[str | None]
    purpose: Mapped[str]
    consent_id: Mapped[str | None]
    client_serial: Mapped[str | None]
    outcome: Mapped[str]  # found partial not_found stale | refused source_down
    problem_code: Mapped[str | None]
    contract_version_id: Mapped[int | None] = mapped_column(ForeignKey("contract_version.id"))
    snapshot: Mapped[int | None] = mapped_column(BigInteger)
    model_name: Mapped[str | None]
    model_version: Mapped[str | None]
    received_at: Mapped[datetime]
    committed_at: Mapped[datetime]


class StoredAnswer(LedgerTable):
    """The bytes of one answer, as they were sent."""

    __tablename__ = "answer"
    call_id: Mapped[str] = mapped_column(ForeignKey("call.id"), primary_key=True)
    status: Mapped[int]
    body: Mapped[bytes]
    jws: Mapped[str]  # detached signature over `body`


class BoundKey(LedgerTable):
    """An idempotency key with the one call that answered it. It belongs to the institution and outlives disputes."""

    __tablename__ = "idempotency"
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_sha256: Mapped[str]
    call_id: Mapped[str] = mapped_column(ForeignKey("call.id"), unique=True)


class UsageLine(LedgerTable):
    """What one call counts and costs. A correction is a new line that reverses an old one.

    A charge has the id of its call; a reversal has an id of its own, calls = -1 and the amount negated, so
    that sums stay counts and charges.
    """

    __tablename__ = "usage_line"
    __table_args__ = (Index("ix_usage_line_institution_id_committed_at", "institution_id", "committed_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[str]  # charge | reversal
    reverses: Mapped[str | None] = mapped_column(ForeignKey("usage_line.id"), unique=True)
    reason: Mapped[str | None]  # why it was reversed
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    product_code: Mapped[str]
    purpose: Mapped[str]
    outcome: Mapped[str]
    contract_version_id: Mapped[int | None] = mapped_column(ForeignKey("contract_version.id"))
    model_name: Mapped[str | None]
    model_version: Mapped[str | None]
    calls: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    latency_us: Mapped[int] = mapped_column(BigInteger)  # from receipt to commit
    committed_at: Mapped[datetime] = mapped_column(index=True)
