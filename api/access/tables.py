"""Tables of who may call: institutions, clients, contracts, consents."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable


class Institution(LedgerTable):
    """A bank, an enterprise or the platform itself; every object of the API belongs to one."""

    __tablename__ = "institution"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Client(LedgerTable):
    """A program that calls for an institution. Only the digest of its secret is kept."""

    __tablename__ = "client"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    role: Mapped[str]  # one of api.access.roles.ROLES
    secret_sha256: Mapped[bytes]
    secret_version: Mapped[int]  # counted up by a rotation, which ends the tokens of the old secret
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Consent(LedgerTable):
    """An enterprise's authorisation to one institution. Only revoking changes a row."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_institution_id_id", "institution_id", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    uscc: Mapped[str] = mapped_column(index=True)
    products: Mapped[list[str]]
    purposes: Mapped[list[str]]
    valid_from: Mapped[date]  # first and last legal day in Shanghai, both included
    valid_to: Mapped[date]
    granted_by: Mapped[str]  # enterprise | asserted
    document_sha256: Mapped[str | None]
    created_by: Mapped[str] = mapped_column(ForeignKey("client.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
