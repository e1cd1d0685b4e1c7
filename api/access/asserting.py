"""Consents that an institution asserts: the enterprise is told at once, some are audited, and abuse ends the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.consents import Authorisation, create_consent, find_consent, revoke_consent
from api.access.tables import Consent, ConsentAbuse, Institution, Notice
from api.identifiers import new_identifier
from api.jobs.queue import TELL_ENTERPRISES, enqueue
from api.vault import Vault
from bureau.errors import AssertionSuspended, InvalidInput, StateConflict

ONE_IN = 100


@dataclass(frozen=True)
class Drawn:
    """An asserted consent whose document its institution has to show."""

    consent_id: str
    institution: str
    uscc: str
    document_sha256: str
    created_at: datetime


def assert_consent(
    session: Session, institution_id: int, client_id: str, authorisation: Authorisation, at: datetime
) -> Consent:
    """Register a consent whose document the institution holds, and leave the enterprise a notice of it.

    Raises `AssertionSuspended`.
    """
    if _suspended_by(session, institution_id) is not None:
        raise AssertionSuspended(session.get_one(Institution, institution_id).name)
    consent = create_consent(session, institution_id, client_id, authorisation, at)
    notice = Notice(
        id=new_identifier(at),
        institution_id=institution_id,
        uscc=consent.uscc,
        kind="consent-asserted",
        consent_id=consent.id,
        created_at=at,
    )
    session.add(notice)
    session.flush()
    enqueue(session, TELL_ENTERPRISES, notice=notice.id)
    return consent


def draw_asserted(session: Session, vault: Vault, month: str, start: datetime, end: datetime) -> list[Drawn]:
    """One in a hundred of the consents asserted in [start, end), at least one: those of the lowest lots. Whoever draws
    again draws the same, and no institution can tell beforehand which of its consents will be looked at. The oldest
    first."""
    query = (
        select(Consent, Institution.name)
        .join(Institution, Institution.id == Consent.institution_id)
        .where(
            ~Institution.test, Consent.granted_by == "asserted", Consent.created_at >= start, Consent.created_at < end
        )
    )
    rows = sorted(session.execute(query).tuples(), key=lambda row: vault.lot(f"{month} {row[0].id}"))
    drawn = rows[: -(-len(rows) // ONE_IN)]
    return [
        Drawn(consent.id, name, consent.uscc, consent.document_sha256 or "", consent.created_at)
        for consent, name in sorted(drawn, key=lambda row: row[0].id)
    ]


def record_abuse(session: Session, consent_id: str, reason: str, at: datetime) -> ConsentAbuse:
    """Put on record that a consent was asserted without the enterprise's authorisation.

    The consent ends, and its institution asserts none until its right is restored.
    """
    if not reason.strip():
        raise InvalidInput("An abuse is recorded with what was found: --reason TEXT.")
    consent = find_consent(session, consent_id)
    if consent.granted_by != "asserted":
        raise StateConflict(f"Consent {consent_id} was granted by the enterprise itself, so nobody asserted it.")
    revoke_consent(session, consent_id, at)
    abuse = ConsentAbuse(
        id=new_identifier(at),
        institution_id=consent.institution_id,
        consent_id=consent_id,
        reason=reason.strip(),
        recorded_at=at,
    )
    session.add(abuse)
    session.flush()
    return abuse


def restore_right(session: Session, institution: Institution, reason: str, at: datetime) -> int:
    """Let an institution assert again; returns how many abuses stood against it. Raises `StateConflict` for none."""
    if not reason.strip():
        raise InvalidInput("A right is restored for a reason: --reason TEXT.")
    standing = _standing(session, institution.id)
    if not standing:
        raise StateConflict(f"{institution.name} may assert consents already.")
    for abuse in standing:
        abuse.lifted_at, abuse.lifted_because = at, reason.strip()
    session.flush()
    return len(standing)


def _suspended_by(session: Session, institution_id: int) -> ConsentAbuse | None:
    return next(iter(_standing(session, institution_id)), None)


def _standing(session: Session, institution_id: int) -> Sequence[ConsentAbuse]:
    query = select(ConsentAbuse).where(ConsentAbuse.institution_id == institution_id, ConsentAbuse.lifted_at.is_(None))
    return session.scalars(query).all()
