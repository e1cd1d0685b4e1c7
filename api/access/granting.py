"""Consents that an enterprise grants itself: the text it read, by its digest, and a one-time code."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.access.consent_text import consent_text, text_digest
from api.access.consents import Authorisation, create_consent
from api.access.guessing import GuessGuard
from api.access.institutions import find_institution
from api.access.one_time_codes import code_key, use_code
from api.access.tables import Client, Consent
from api.access.tokens import Identity
from bureau.errors import InvalidInput, RoleNotPermitted, WrongCode


def grant_consent(
    session: Session,
    caller: Identity,
    authorisation: Authorisation,
    institution: str,
    code: str,
    *,
    root: bytes,
    guesses: GuessGuard,
    at: datetime,
) -> Consent:
    """Give an institution the consent of the enterprise that calls.

    authorisation.document_sha256: of the text it signed. root: what one-time codes are derived from.
    Raises `InvalidInput` where that is another text, `WrongCode`, and `TooManyRequests` after several.
    """
    require_itself(caller, authorisation.uscc)
    granted_to = find_institution(session, institution, near=False)
    if granted_to.test != caller.test:
        raise InvalidInput(f"{institution!r} is of the other mode: who is in test mode grants to who is, and no other.")
    if authorisation.document_sha256 != text_digest(consent_text(authorisation, institution)):
        raise InvalidInput(
            "document_sha256 is not the digest of this authorisation's text. Read it with POST /v1/consents/text."
        )
    with guesses.one_code(caller.client_id):
        client = session.get_one(Client, caller.client_id)
        if not use_code(session, client, code_key(root, client), code, at):
            raise WrongCode
    return create_consent(session, granted_to.id, caller.client_id, authorisation, at)


def require_itself(caller: Identity, uscc: str) -> None:
    """Raise `RoleNotPermitted` for who is not the enterprise of a code."""
    if caller.uscc is None:
        raise RoleNotPermitted(caller.role, "grant in an enterprise's name", ["a client of the role 'enterprise'"])
    if caller.uscc != uscc:
        raise RoleNotPermitted(caller.role, f"grant for {uscc}", [f"the client of that enterprise, not {caller.uscc}"])
