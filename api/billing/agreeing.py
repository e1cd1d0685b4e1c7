"""The institution's side of a statement: it agrees by its call, or signs it with a key of its own."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.access.credentials import every_key_of, key_holders, keys_of
from api.access.public_keys import signed_by
from api.access.roles import roles_with
from api.audit.acts import enter_acts
from api.billing.months import Month
from api.billing.statements import find_statement
from api.billing.tables import Statement, StatementSignature
from api.canonical import canonical
from api.compact_jws import unproven
from api.metering.exclusive import ACTING, take_turn
from bureau.errors import InvalidInput, StateConflict


def signed_text(issued: Statement) -> bytes:
    """What the institution signs: the RFC 8785 form of the statement, over which its digest is."""
    return canonical(json.loads(issued.body))


def agree_to_statement(
    session: Session, institution_id: int, month: Month, *, sha256: str, client_id: str, jws: str | None, at: datetime
) -> StatementSignature:
    """Record that the institution agrees; the month is then closed on both sides. Agreeing again changes nothing.

    sha256: of the statement as the institution read it. jws: its detached signature over `signed_text`, by a key of the
    client; without one agrees an institution none of whose clients that may agree has keys. Raises `UnknownObject`,
    `StateConflict` for another statement and for a signature where another agreement is kept, and `InvalidInput` for a
    signature that is missing or is none.
    """
    take_turn(session.connection(), ACTING)  # of two at once the second finds the first's
    issued = find_statement(session, institution_id, month)
    if sha256 != issued.sha256:
        raise StateConflict(f"The statement of {month} has the digest {issued.sha256}, not {sha256}. Read it again.")
    present = session.get(StatementSignature, (institution_id, month.first))
    if present is not None:
        _require_kept(present, month, jws)
        return present
    _require_signature(session, issued, client_id, jws, at)
    signature = StatementSignature(
        institution_id=institution_id,
        month=month.first,
        sha256=sha256,
        client_id=client_id,
        jws=jws,
        signature_alg=_header_of(jws).get("alg"),
        signed_at=at,
    )
    session.add(signature)
    session.flush()
    enter_acts(session.connection(), [signature])
    return signature


def signature_stands(session: Session, issued: Statement, agreed: StatementSignature) -> bool:
    """Whether a kept signature is over the statement by a key of its client, of now or of before."""
    keys = every_key_of(session, agreed.client_id).values()
    return agreed.jws is None or signed_by(agreed.jws, keys, signed_text(issued)) is not None


def key_named(signature: str | None) -> str | None:
    """The `kid` in the header of a detached JWS, if it has one."""
    named = _header_of(signature).get("kid")
    return named if isinstance(named, str) else None


def _header_of(signature: str | None) -> dict[str, Any]:
    read = None if signature is None else unproven(signature)
    return {} if read is None else read[0]


def _require_kept(present: StatementSignature, month: Month, jws: str | None) -> None:
    """A signature that would be thrown away is refused; the agreement is append-only, so that none takes its place."""
    if jws not in (None, present.jws):
        raise StateConflict(
            f"{present.client_id} has agreed to {month} already, {'by its call' if present.jws is None else 'signed'}; "
            f"this signature is not kept. Read what is with GET /v1/statements/{month}/signatures."
        )


def _require_signature(session: Session, issued: Statement, client_id: str, jws: str | None, at: datetime) -> None:
    if jws is None:
        holders = key_holders(session, issued.institution_id, roles_with("statements:agree"), at)
        if not holders:
            return
        holder = client_id if client_id in holders else min(holders)
        raise InvalidInput(
            f"{holder} has keys of its own: sign the RFC 8785 form of the statement with one, as that client, and send "
            "the detached JWS as jws."
        )
    if signed_by(jws, keys_of(session, client_id, at).values(), signed_text(issued)) is None:
        raise InvalidInput(
            f"jws is not over the RFC 8785 form of the statement by a key of {client_id}. Sign it detached (RFC 7515 "
            "appendix F) with a key that is registered, or register the key."
        )
