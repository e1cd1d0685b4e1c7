"""What a client proves itself with: secrets of which only digests are kept, or public keys; replaced by rotation."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from api.access.tables import Client, ClientKey, ClientSecret
from bureau.errors import InvalidInput

NO_OVERLAP = timedelta(0)
LONGEST_OVERLAP = timedelta(days=31)

PublicKeys = dict[str, dict[str, Any]]
"""JWKs by `kid`, as `api.access.public_keys.read_jwks` gives them."""


def add_credentials(session: Session, client: Client, keys: PublicKeys | None, at: datetime) -> str | None:
    """Give a client a new secret, which is returned, or keys of its own.

    Raises `InvalidInput` for another key under a name that was used: what the former one signed would be nobody's.
    """
    if keys is not None:
        for kid, jwk in keys.items():
            used = session.get(ClientKey, (client.id, kid))
            if used is not None and used.jwk != jwk:
                raise InvalidInput(f"The kid {kid!r} was another key of {client.id}; give the new key one of its own.")
            session.merge(ClientKey(client_id=client.id, kid=kid, jwk=jwk, created_at=at, ends_at=None))
        session.flush()
        return None
    secret = secrets.token_urlsafe(32)
    session.add(ClientSecret(sha256=secret_digest(secret), client_id=client.id, created_at=at, ends_at=None))
    session.flush()
    return secret


def end_credentials(session: Session, client: Client, at: datetime, overlap: timedelta = NO_OVERLAP) -> None:
    """Let what a client holds count for `overlap` longer and no more.

    Without an overlap the tokens granted for it end at once too. What ends sooner already keeps its end.
    """
    if not NO_OVERLAP <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(f"An overlap lasts from 0 hours to {LONGEST_OVERLAP // timedelta(hours=1)}.")
    for table in (ClientSecret, ClientKey):
        later = or_(table.ends_at.is_(None), table.ends_at > at + overlap)
        session.execute(update(table).where(table.client_id == client.id, later).values(ends_at=at + overlap))
    if overlap == NO_OVERLAP:
        client.credentials_version += 1
    session.flush()
    session.expire_all()


def secret_is_right(session: Session, client: Client | None, secret: str, at: datetime) -> bool:
    """Compared in constant time, and for an unknown client too: the time taken tells nothing."""
    held = session.scalars(_counting(ClientSecret, "" if client is None else client.id, at)).all()
    offered = secret_digest(secret)
    return any(compare_digest(one, offered) for one in (bytes(32), *(kept.sha256 for kept in held)))


def keys_of(session: Session, client_id: str, at: datetime) -> dict[str, dict[str, Any]]:
    """The public keys that count at an instant, by `kid`."""
    return {key.kid: key.jwk for key in session.scalars(_counting(ClientKey, client_id, at))}


def key_holders(session: Session, institution_id: int, roles: Collection[str], at: datetime) -> set[str]:
    """The clients of an institution, in some roles and not disabled, that have a key which counts at an instant."""
    query = select(Client.id).where(
        Client.institution_id == institution_id, Client.role.in_(roles), Client.disabled_at.is_(None)
    )
    return {client_id for client_id in session.scalars(query) if keys_of(session, client_id, at)}


def every_key_of(session: Session, client_id: str) -> dict[str, dict[str, Any]]:
    """The public keys that count or once counted, by `kid`: what verifies an old signature."""
    return {key.kid: key.jwk for key in session.scalars(select(ClientKey).where(ClientKey.client_id == client_id))}


def secret_digest(secret: str) -> bytes:
    """The only form in which a secret is stored. It is 256 random bits, so a plain SHA-256 cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def _counting(table: Any, client_id: str, at: datetime) -> Any:
    return select(table).where(table.client_id == client_id, or_(table.ends_at.is_(None), table.ends_at > at))
