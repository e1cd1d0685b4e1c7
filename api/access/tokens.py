"""Access tokens: the OAuth 2 client-credentials grant (RFC 6749) with signed tokens of ten minutes."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from sqlalchemy.orm import Session

from api.access.contracts import terms_in_force
from api.access.institutions import secret_digest
from api.access.roles import ROLES
from api.access.tables import Client, Institution
from api.signing import Signer
from bureau.clock import to_micros
from bureau.errors import InvalidInput, WrongCredentials

LIFETIME = timedelta(minutes=10)
_ISSUER = "bureau"
_TYPE = "at+jwt"


@dataclass(frozen=True)
class Token:
    """A granted token. `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Identity:
    """Who calls, as its token says. products: those of the contract when the token was issued."""

    client_id: str
    institution_id: int
    institution: str
    role: str
    scopes: frozenset[str]
    products: frozenset[str]


def issue_token(
    session: Session, signer: Signer, client_id: str, client_secret: str, scope: str | None, at: datetime
) -> Token:
    """Grant a token for a client's secret. scope: names separated by blanks; None asks for all it may have.

    Raises `WrongCredentials` (the invalid_client of RFC 6749) and `InvalidInput` (invalid_scope).
    """
    client = session.get(Client, client_id)
    if not _secret_is_right(client, client_secret) or client is None or client.disabled_at is not None:
        raise WrongCredentials("The client id or secret is wrong, or the client is disabled.")
    allowed = _scopes(session, client, at)
    asked = frozenset(scope.split()) if scope else allowed
    if not asked <= allowed:
        raise InvalidInput(f"This client has no scope {', '.join(sorted(asked - allowed))}.")
    claims = json.dumps(_claims(session, client, asked, at), separators=(",", ":"))
    lifetime = int(LIFETIME.total_seconds())
    return Token(signer.sign(claims.encode(), typ=_TYPE), lifetime, tuple(sorted(asked)))


def verify_token(session: Session, signer: Signer, token: str, at: datetime) -> Identity:
    """Who calls. Raises `WrongCredentials` for a foreign or expired token, and at once for a client that was
    disabled or whose secret was rotated after the token was issued.

    The signature is checked once a token; the client is looked up every time.
    """
    payload = signer.verify(token)
    if payload is None:
        raise WrongCredentials("The token is not one of this platform.")
    claims = json.loads(payload)
    if _seconds(at) >= claims["exp"]:
        raise WrongCredentials("The token has expired.")
    client = session.get(Client, claims["sub"])
    if client is None or client.disabled_at is not None or client.secret_version != claims["ver"]:
        raise WrongCredentials("The client is disabled, or its secret was rotated.")
    scopes = frozenset(claims["scope"].split())
    return Identity(
        client_id=claims["sub"],
        institution_id=claims["inst"],
        institution=claims["name"],
        role=claims["role"],
        scopes=scopes,
        products=frozenset(name.removeprefix("product:") for name in scopes if name.startswith("product:")),
    )


def _secret_is_right(client: Client | None, secret: str) -> bool:
    """Compared in constant time, and for an unknown client too: the time taken tells nothing."""
    return compare_digest(bytes(32) if client is None else client.secret_sha256, secret_digest(secret))


def _scopes(session: Session, client: Client, at: datetime) -> frozenset[str]:
    products = terms_in_force(session, client.institution_id, at)
    return frozenset(ROLES[client.role]) | {f"product:{code}" for code in products}


def _claims(session: Session, client: Client, scopes: frozenset[str], at: datetime) -> dict[str, Any]:
    return {
        "iss": _ISSUER,
        "sub": client.id,
        "iat": _seconds(at),
        "exp": _seconds(at) + int(LIFETIME.total_seconds()),
        "inst": client.institution_id,
        "name": session.get_one(Institution, client.institution_id).name,
        "role": client.role,
        "scope": " ".join(sorted(scopes)),
        "ver": client.secret_version,
    }


def _seconds(at: datetime) -> int:
    return to_micros(at) // 1_000_000
