"""Tables of who may call: institutions, clients, contracts, consents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import Concerning, LedgerTable, Owned


class Institution(LedgerTable):
    """A bank, an enterprise or the platform itself; every object of the API belongs to one.

    test: the twin of a live institution whose clients are in test mode. So what keeps institutions apart keeps the
    modes apart too: objects, idempotency keys, counts, statements.
    """

    __tablename__ = "institution"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    test: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Client(Owned, LedgerTable):
    """A program that calls for an institution, by a secret or by keys of its own."""

    __tablename__ = "client"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    role: Mapped[str]  # one of api.access.roles.ROLES
    uscc: Mapped[str | None]  # the enterprise that a client of this role is
    person: Mapped[str | None]  # who alone uses it; of two clients of one person neither is a second person
    credentials_version: Mapped[int]  # counted up by a rotation without overlap, which ends the tokens granted before
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class ClientSecret(LedgerTable):
    """A secret of a client: its digest, and until when it counts. Of several that do, the newest came last."""

    __tablename__ = "client_secret"
    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), index=True)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class ClientKey(LedgerTable):
    """A public key of a client (JWK), for assertions instead of a secret; and until when it counts."""

    __tablename__ = "client_key"
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), primary_key=True)
    kid: Mapped[str] = mapped_column(primary_key=True)
    jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]


class UsedAssertion(LedgerTable):
    """An assertion that was taken: none is taken twice. Forgotten when it would have expired anyway."""

    __tablename__ = "used_assertion"
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), primary_key=True)
    jti_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UsedCode(LedgerTable):
    """A one-time code that was used, by the thirty seconds it belongs to: none is taken twice."""

    __tablename__ = "used_code"
    client_id: Mapped[str] = mapped_column(ForeignKey("client.id"), primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    used_at: Mapped[datetime]


class Consent(Concerning, LedgerTable):
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


class Notice(Concerning, LedgerTable):
    """Something an enterprise is told: who wrote what about it."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_uscc_id", "uscc", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    uscc: Mapped[str]
    kind: Mapped[str]  # consent-asserted
    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"))
    created_at: Mapped[datetime]


class ConsentAbuse(Owned, LedgerTable):
    """A consent its institution asserted without having it; while one stands, the institution asserts none."""

    __tablename__ = "consent_abuse"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    consent_id: Mapped[str] = mapped_column(ForeignKey("consent.id"))
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[str | None]
