"""Consents: what an enterprise has authorised an institution to ask, and the read grant that follows from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.orm import Session

from api.access.tables import Consent
from api.identifiers import new_identifier
from api.seen import find_seen, list_seen
from bureau.clock import shanghai_day
from bureau.errors import (
    BureauError,
    ConsentExpired,
    ConsentMissing,
    ConsentRevoked,
    InvalidInput,
    WrongPurpose,
)
from bureau.grant import PURPOSES, ReadGrant
from bureau.uscc import parse_uscc

_BY_ID = select(Consent.__table__).where(Consent.id.in_(bindparam("ids", expanding=True)))
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Authorisation:
    """What the enterprise signed. Both days are legal days in Shanghai, and both are included.

    granted_by: `enterprise` when it acted itself, `asserted` when the institution holds a signed document,
    whose SHA-256 (64 hexadecimal digits) is then mandatory.
    """

    uscc: str
    products: tuple[str, ...]
    purposes: tuple[str, ...]
    valid_from: date
    valid_to: date
    granted_by: str
    document_sha256: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "uscc", parse_uscc(self.uscc))
        if not self.products:
            raise InvalidInput("A consent names at least one product.")
        unknown = sorted(set(self.purposes) - set(PURPOSES))
        if unknown or not self.purposes:
            raise InvalidInput(f"A consent names purposes among {', '.join(PURPOSES)}; got {unknown or 'none'}.")
        if self.valid_to < self.valid_from:
            raise InvalidInput(f"The consent ends on {self.valid_to}, before it begins on {self.valid_from}.")
        if self.granted_by not in ("enterprise", "asserted"):
            raise InvalidInput(f"granted_by is 'enterprise' or 'asserted', not {self.granted_by!r}.")
        if self.granted_by == "asserted" and self.document_sha256 is None:
            raise InvalidInput("An asserted consent needs document_sha256, the digest of the signed document.")
        if self.document_sha256 is not None and not _SHA256.fullmatch(self.document_sha256):
            raise InvalidInput("document_sha256 is 64 hexadecimal digits in lower case.")


@dataclass(frozen=True)
class ConsentPage:
    """One page of consents, newest first; `next_cursor` is None on the last."""

    consents: tuple[Consent, ...]
    next_cursor: str | None


def create_consent(
    session: Session, institution_id: int, client_id: str, authorisation: Authorisation, at: datetime
) -> Consent:
    """Register what an enterprise authorised `institution_id` to ask."""
    consent = Consent(
        id=new_identifier(at),
        institution_id=institution_id,
        uscc=authorisation.uscc,
        products=sorted(set(authorisation.products)),
        purposes=sorted(set(authorisation.purposes)),
        valid_from=authorisation.valid_from,
        valid_to=authorisation.valid_to,
        granted_by=authorisation.granted_by,
        document_sha256=authorisation.document_sha256,
        created_by=client_id,
        created_at=at,
    )
    session.add(consent)
    session.flush()
    return consent


def find_consent(session: Session, consent_id: str) -> Consent:
    """One consent; raises `UnknownObject` also for one the session does not see."""
    return find_seen(session, Consent, consent_id, "consent")


def list_consents(session: Session, *, cursor: str | None = None, limit: int = 50) -> ConsentPage:
    """The consents a session sees, newest first, from after `cursor` (the `next_cursor` of the page before)."""
    found = list_seen(session, Consent, cursor=cursor, limit=limit + 1)
    page = tuple(found[:limit])
    return ConsentPage(page, page[-1].id if len(found) > limit else None)


def revoke_consent(session: Session, consent_id: str, at: datetime) -> Consent:
    """End a consent at once: the next call is refused, and so is one whose answer is not yet committed."""
    consent = find_consent(session, consent_id)
    consent.revoked_at = consent.revoked_at or at
    session.flush()
    return consent


def consent_status(consent: Consent | Row[Any], at: datetime) -> str:
    """active | pending | expired | revoked, on the legal day of `at`."""
    if consent.revoked_at is not None:
        return "revoked"
    day = shanghai_day(at)
    if day < consent.valid_from:
        return "pending"
    return "active" if day <= consent.valid_to else "expired"


def read_consents(reader: Session | Connection, consent_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """The consents of some ids, whoever's they are: `require_grant` says whom they help."""
    return {row.id: row for row in reader.execute(_BY_ID, {"ids": list(consent_ids)})}


def require_grant(
    consent: Consent | Row[Any] | None,
    *,
    institution_id: int,
    institution: str,
    product_code: str,
    consent_required: bool,
    uscc: str,
    purpose: str,
    consent_id: str | None,
    fields: Iterable[str],
    at: datetime,
) -> ReadGrant:
    """The right to read `fields` of one enterprise, checked before any record is read.

    consent: the one that `consent_id` names, if there is one; whoever's it is.
    consent_required: False for products of public data (class CL0), which need no consent.
    Raises `ConsentMissing` (none named, or one of another enterprise, product or institution),
    `ConsentRevoked`, `ConsentExpired`, `WrongPurpose`.
    """
    if purpose not in PURPOSES:
        raise WrongPurpose(purpose, PURPOSES)
    if consent_required:
        refusal = consent_refusal(
            consent,
            institution_id=institution_id,
            product_code=product_code,
            uscc=uscc,
            purpose=purpose,
            at=at,
        )
        if refusal is not None:
            raise refusal
    return ReadGrant(institution, purpose, consent_id, subject=uscc, fields=frozenset(fields))


def consent_refusal(
    consent: Consent | Row[Any] | None,
    *,
    institution_id: int,
    product_code: str,
    uscc: str | None,
    purpose: str,
    at: datetime,
) -> BureauError | None:
    """Why a consent does not cover a call, or None. The ledger asks again inside its transaction."""
    if (
        consent is None
        or consent.institution_id != institution_id
        or consent.uscc != uscc
        or product_code not in consent.products
    ):
        return ConsentMissing(uscc or "of no code", product_code)
    status = consent_status(consent, at)
    if status == "revoked":
        return ConsentRevoked(consent.id)
    if status != "active":
        return ConsentExpired(consent.id, consent.valid_from.isoformat(), consent.valid_to.isoformat())
    if purpose not in consent.purposes:
        return WrongPurpose(purpose, consent.purposes)
    return None
