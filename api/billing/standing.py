"""Issued statements with their two signatures, each verified anew over the bytes that are stored."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.naming import FIRMS, IS_FIRM, TOLD_NAME
from api.access.tables import Institution
from api.audit.suites import STANDARD
from api.billing.agreeing import key_named, signature_stands
from api.billing.months import Month
from api.billing.statements import due_of
from api.billing.tables import Statement, StatementSignature
from api.canonical import canonical
from api.signing import Signer

Standing = Literal["stands", "broken", "by_call", "missing"]
"""by_call: the institution agreed as the client it is, without a key of its own. missing: it has not agreed."""


@dataclass(frozen=True)
class Side:
    """One signature: whether it stands, who gave it by which key and algorithm, and when."""

    standing: Standing
    by: str | None = None
    kid: str | None = None
    algorithm: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Signed:
    """One month of one institution with its digest, and both sides. An enterprise is told without its name.

    due_fen: what is to be paid of its total, beside what a wallet paid.
    """

    institution: str
    month: str
    due_fen: int
    sha256: str
    platform: Side
    theirs: Side


def signed_statements(session: Session, signer: Signer, *, month: Month | None = None, limit: int) -> list[Signed]:
    """The newest statements first, of one month or all; of all institutions that the session sees."""
    query = (
        select(Statement, StatementSignature, TOLD_NAME)
        .join(Institution, Institution.id == Statement.institution_id)
        .outerjoin(FIRMS, IS_FIRM)
        .join(
            StatementSignature,
            (StatementSignature.institution_id == Statement.institution_id)
            & (StatementSignature.month == Statement.month),
            isouter=True,
        )
        .order_by(Statement.month.desc(), TOLD_NAME, Statement.institution_id)
        .limit(limit)
    )
    rows = session.execute(query if month is None else query.where(Statement.month == month.first)).tuples()
    return [
        Signed(
            name,
            str(Month(issued.month)),
            due_of(json.loads(issued.body)),
            issued.sha256,
            _platform(issued, signer),
            _theirs(session, issued, agreed),
        )
        for issued, agreed, name in rows
    ]


def _platform(issued: Statement, signer: Signer) -> Side:
    algorithm = issued.signature_alg or STANDARD.signature_alg
    over = hashlib.sha256(canonical(json.loads(issued.body))).hexdigest() == issued.sha256
    stands = over and signer.verify_detached(issued.jws, issued.body, algorithm)
    return Side("stands" if stands else "broken", None, key_named(issued.jws), algorithm, issued.issued_at)


def _theirs(session: Session, issued: Statement, agreed: StatementSignature | None) -> Side:
    if agreed is None:
        return Side("missing")
    standing: Standing = "by_call" if agreed.jws is None else "stands"
    if agreed.sha256 != issued.sha256 or not signature_stands(session, issued, agreed):
        standing = "broken"
    return Side(standing, agreed.client_id, key_named(agreed.jws), agreed.signature_alg, agreed.signed_at)
