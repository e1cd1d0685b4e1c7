"""Access tokens: the OAuth 2 client-credentials grant (RFC 6749) with signed tokens of ten minutes."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest
from typing import Any

from sqlalchemy.orm import Session

from api.access.institutions import secret_digest
from api.access.roles import ROLES
from api.access.tables import Client, Institution
from api.contracts.in_force import contract_in_force
from api.signing import Signer
from bureau.clock import to_micros
from bureau.errors import WrongCredentials

_LIFETIME_SECONDS = 10 * 60
_REMEMBERED = 4096
_ISSUER = "bureau"
_TYPE = "at+jwt"


@dataclass(frozen=True)
class Token:
    """A granted token. `expires_in` is in seconds."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105


@dataclass(frozen=True)
class OAuthError:
    """A refusal in the words of RFC 6749 section 5.2."""

    error: str  # invalid_request | invalid_client | unsupported_grant_type | invalid_scope
    error_description: str


@dataclass(frozen=True)
class Identity:
    """Who calls, as its token says. products: those of the contract when the token was issued."""

    client_id: str
    institution_id: int
    institution: str
    role: str
    scopes: frozenset[str]
    products: frozenset[str]


class TokenKey:
    """Signs tokens, and remembers which ones it has verified: a signature is checked once a token."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self._claims = lru_cache(maxsize=_REMEMBERED)(self._read)

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT."""
        return self.signer.sign(json.dumps(claims, separators=(",", ":")).encode(), typ=_TYPE)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token of ours, expired or not; raises `WrongCredentials` for anything else."""
        return self._claims(token)

    def _read(self, token: str) -> dict[str, Any]:
        payload = self.signer.verify(token)
        if payload is None:
            raise WrongCredentials("The token is not one of this platform.")
        claims: dict[str, Any] = json.loads(payload)
        return claims


def issue_token(
    session: Session,
    key: TokenKey,
    *,
    grant_type: str | None,
    client_id: str | None,
    client_secret: str | None,
    scope: str | None = None,
    at: datetime,
) -> Token | OAuthError:
    """Grant a token for a client's secret. scope: names separated by blanks; None asks for all it may have."""
    if grant_type is None or client_id is None or client_secret is None:
        return OAuthError("invalid_request", "Send grant_type, client_id and client_secret, form-encoded.")
    if grant_type != "client_credentials":
        return OAuthError("unsupported_grant_type", "The only grant here is client_credentials.")
    client = session.get(Client, client_id)
    if not _secret_is_right(client, client_secret) or client is None or client.disabled_at is not None:
        return OAuthError("invalid_client", "The client id or secret is wrong, or the client is disabled.")
    allowed = _scopes(session, client, at)
    asked = frozenset(scope.split()) if scope else allowed
    if not asked <= allowed:
        return OAuthError("invalid_scope", f"Not granted to this client: {' '.join(sorted(asked - allowed))}.")
    return Token(key.sign(_claims(session, client, asked, at)), _LIFETIME_SECONDS, " ".join(sorted(asked)))


def verify_token(session: Session, key: TokenKey, token: str, at: datetime) -> Identity:
    """Who calls. Raises `WrongCredentials` for a foreign or expired token, and at once for a client that was
    disabled or whose secret was rotated after the token was issued.

    The signature is checked once a token; the client is looked up every time.
    """
    claims = key.claims(token)
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
    contract = contract_in_force(session, client.institution_id, at)
    products = contract.terms.products if contract else ()
    return frozenset(ROLES[client.role]) | {f"product:{code}" for code in products}


def _claims(session: Session, client: Client, scopes: frozenset[str], at: datetime) -> dict[str, Any]:
    return {
        "iss": _ISSUER,
        "sub": client.id,
        "iat": _seconds(at),
        "exp": _seconds(at) + _LIFETIME_SECONDS,
        "inst": client.institution_id,
        "name": session.get_one(Institution, client.institution_id).name,
        "role": client.role,
        "scope": " ".join(sorted(scopes)),
        "ver": client.secret_version,
    }


def _seconds(at: datetime) -> int:
    return to_micros(at) // 1_000_000
