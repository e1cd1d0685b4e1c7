"""Tables of statements. Every row is final."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable, Owned


class Statement(Owned, LedgerTable):
    """One month of one institution, issued once it is over; what is corrected later falls into the next."""

    __tablename__ = "statement"
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day, in Shanghai
    body: Mapped[bytes]  # as it was signed: JSON
    sha256: Mapped[str]  # over the RFC 8785 form of the body
    jws: Mapped[str]  # the bureau's detached signature over the body's bytes
    signature_alg: Mapped[str | None]  # of the jws; None of the first ones, which were all Ed25519
    total_fen: Mapped[int] = mapped_column(BigInteger)
    issued_at: Mapped[datetime]


class StatementSignature(Owned, LedgerTable):
    """The institution's agreement to a statement: from here on the month is closed on both sides."""

    __tablename__ = "statement_signature"
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    sha256: Mapped[str]  # of the statement that was agreed to
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"))
    jws: Mapped[str | None]  # the institution's own signature, by a key it has registered
    signature_alg: Mapped[str | None]  # of the jws, as its header says
    signed_at: Mapped[datetime]


class Reconciliation(Owned, LedgerTable):
    """One comparison of an institution's own lines with ours."""

    __tablename__ = "reconciliation"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    month: Mapped[date]
    theirs_sha256: Mapped[str]  # over the RFC 8785 form of the lines they sent
    matched: Mapped[int]
    amount_differs: Mapped[int]
    only_ours: Mapped[int]
    only_theirs: Mapped[int]
    ours_fen: Mapped[int] = mapped_column(BigInteger)
    theirs_fen: Mapped[int] = mapped_column(BigInteger)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"))
    compared_at: Mapped[datetime]
