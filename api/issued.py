"""What was issued under a number: the stored answer as it was sent, or with the call it answered, for pages and for
verification; and that somebody read it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import Institution
from api.audit.chain import answer_digest
from api.audit.tables import AuditLeaf
from api.identifiers import new_identifier
from api.metering.draft import Receipt
from api.metering.tables import Call, Reading, StoredAnswer
from api.vault import Vault
from bureau.errors import UnknownObject


@dataclass(frozen=True)
class Issued:
    """One stored answer. genuine: its bytes still have the digest that was chained into the audit log."""

    report_id: str
    kind: str
    institution: str
    purpose: str
    consent_id: str | None
    client_serial: str | None
    committed_at: datetime
    answer: dict[str, Any]
    sha256: str
    leaf: int
    genuine: bool


def stored_answer(session: Session, vault: Vault, report_id: str) -> Receipt:
    """The bytes of one answer as they were sent; raises `UnknownObject`, also for what the session does not see."""
    query = select(StoredAnswer).join(Call, Call.id == StoredAnswer.call_id).where(Call.id == report_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise UnknownObject("report", report_id)
    return Receipt(found.call_id, found.status, vault.open(found.sealed, found.call_id), found.jws)


def find_issued(session: Session, vault: Vault, report_id: str) -> Issued:
    """What was issued under a number; raises `UnknownObject`, also for what the session does not see."""
    query = (
        select(Call, StoredAnswer, AuditLeaf, Institution.name)
        .join(StoredAnswer, StoredAnswer.call_id == Call.id)
        .join(AuditLeaf, AuditLeaf.line_id == Call.id)
        .join(Institution, Institution.id == Call.institution_id)
        .where(Call.id == report_id)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise UnknownObject("report", report_id)
    answer = json.loads(vault.open(found.StoredAnswer.sealed, report_id))
    return Issued(
        report_id=report_id,
        kind=found.Call.kind,
        institution=found.name,
        purpose=found.Call.purpose,
        consent_id=found.Call.consent_id,
        client_serial=found.Call.client_serial,
        committed_at=found.Call.committed_at,
        answer=answer,
        sha256=found.AuditLeaf.digest.hex(),
        leaf=found.AuditLeaf.number,
        genuine=answer_digest(answer, found.AuditLeaf.hash_alg) == found.AuditLeaf.digest,
    )


def record_reading(
    session: Session,
    institution_id: int,
    client_id: str,
    report_id: str,
    part: Literal["answer", "page", "proof"],
    at: datetime,
) -> None:
    """Note who is about to be given a stored answer, its page or its proof; it leaves after the commit."""
    session.add(
        Reading(
            id=new_identifier(at),
            line_id=report_id,
            institution_id=institution_id,
            client_id=client_id,
            part=part,
            read_at=at,
        )
    )
    session.flush()
