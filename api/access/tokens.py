"""Access tokens: the OAuth 2 client-credentials grant (RFC 6749) with signed tokens of ten minutes."""

import json
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.orm import Session

from api.access.assertions import ASSERTION_TYPE, client_of_assertion, subject_of
from api.access.credentials import secret_is_right
from api.access.roles import ROLES
from api.access.tables import Client, Institution
from api.contracts.in_force import contract_in_force
from api.identifiers import is_identifier
from api.signing import Signer
from api.tenancy import EVERYONE, Sight, Tenant
from bureau.clock import to_micros
from bureau.errors import WrongCredentials

_LIFETIME_SECONDS = 10 * 60
_REMEMBERED = 4096
_LOOKED_AT_EACH_SECONDS = 0.005
"""Each look at the key file gives the turn to another thread: by every call it would cost a tenth of the call."""
_ISSUER = "bureau"
_TYPE = "at+jwt"
_HELD = select(Client.id, Client.disabled_at, Client.credentials_version).where(
    Client.id.in_(bindparam("clients", expanding=True))
)


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


NOT_FORM_ENCODED = OAuthError(
    "invalid_request",
    "Send grant_type, form-encoded, with client_id and client_secret or with a client_assertion and its type.",
)


@dataclass(frozen=True)
class Identity:
    """Who calls, as its token says. products: those of the contract when the token was issued.

    version: of its credentials; a rotation begins the next. uscc: the enterprise that a caller of this role is.
    test: whether it is in test mode.
    """

    client_id: str
    institution_id: int
    institution: str
    role: str
    scopes: frozenset[str]
    products: frozenset[str]
    version: int
    uscc: str | None = None
    test: bool = False

    @property
    def sight(self) -> Sight:
        """Whose rows it sees."""
        return EVERYONE if ROLES[self.role].sees == "all" else Tenant(self.institution_id, self.uscc or "")


@dataclass(frozen=True)
class TokenRequest:
    """What a client sends to get a token: a secret, or an assertion of its own key.

    scope: names separated by blanks; None asks for all it may have. audiences: the addresses of the token
    endpoint, one of which an assertion must name.
    """

    grant_type: str | None
    client_id: str | None = None
    client_secret: str | None = None
    client_assertion_type: str | None = None
    client_assertion: str | None = None
    scope: str | None = None
    audiences: Collection[str] = ()

    @property
    def named_client(self) -> str | None:
        """The client it says it is, before anything of it is believed; None for what can be no client's id."""
        if self.client_assertion is not None:
            return subject_of(self.client_assertion)
        return self.client_id if is_identifier(self.client_id or "") else None


class Verified(NamedTuple):
    """A token of ours, expired or not."""

    claims: dict[str, Any]
    identity: Identity


class TokenKey:
    """Signs tokens, and remembers which ones it has verified: a signature is checked once a token and set of keys."""

    def __init__(self, signer: Signer) -> None:
        self.signer = signer
        self._verified = lru_cache(maxsize=_REMEMBERED)(self._read)
        self._kids, self._look_again_at = signer.kids, 0.0

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT."""
        return self.signer.sign(json.dumps(claims, separators=(",", ":")).encode(), typ=_TYPE)

    def verified(self, token: str) -> Verified:
        """A token of ours, expired or not; raises `WrongCredentials` for anything else."""
        return self._verified(token, self.signer.kids)

    def lately_verified(self, token: str) -> Verified:
        """The same for one call among many: a key that was dropped a few milliseconds ago may still count."""
        if time.monotonic() >= self._look_again_at:
            self._kids, self._look_again_at = self.signer.kids, time.monotonic() + _LOOKED_AT_EACH_SECONDS
        return self._verified(token, self._kids)

    def _read(self, token: str, _kids: tuple[str, ...]) -> Verified:
        payload = self.signer.verify(token)
        if payload is None:
            raise WrongCredentials("The token is not one of this platform.")
        claims: dict[str, Any] = json.loads(payload)
        return Verified(claims, _identity(claims))


def issue_token(session: Session, key: TokenKey, asked: TokenRequest, at: datetime) -> Token | OAuthError:
    """Grant a token for a client's secret or assertion."""
    by_assertion = asked.client_assertion is not None
    if asked.grant_type is None or by_assertion == (asked.client_secret is not None):
        return NOT_FORM_ENCODED
    if asked.grant_type != "client_credentials":
        return OAuthError("unsupported_grant_type", "The only grant here is client_credentials.")
    if by_assertion and asked.client_assertion_type != ASSERTION_TYPE:
        return OAuthError("invalid_request", f"client_assertion_type is {ASSERTION_TYPE}.")
    if asked.client_id is None and not by_assertion:
        return OAuthError("invalid_request", "Send client_id with client_secret.")
    client = authenticate(session, asked, at)
    if client is None:
        return OAuthError(
            "invalid_client",
            "Its secret or assertion is wrong, or the client is unknown or disabled. The aud of an assertion is "
            "/oauth/token at the platform's public address (BUREAU_PUBLIC_URL), or without one where it listens.",
        )
    allowed = _scopes(session, client, at)
    wanted = frozenset(asked.scope.split()) if asked.scope else allowed
    if not wanted <= allowed:
        return OAuthError("invalid_scope", f"Not granted to this client: {' '.join(sorted(wanted - allowed))}.")
    return Token(key.sign(_claims(session, client, wanted, at)), _LIFETIME_SECONDS, " ".join(sorted(wanted)))


def authenticate(session: Session, asked: TokenRequest, at: datetime) -> Client | None:
    """The client that proves itself, or None: wrong, unknown and disabled read alike."""
    if asked.client_assertion is not None:
        client = client_of_assertion(session, asked.client_assertion, asked.audiences, at)
        known = client is not None and asked.client_id in (None, client.id)
    else:
        client = session.get(Client, asked.named_client) if asked.named_client else None
        known = secret_is_right(session, client, asked.client_secret or "", at)
    return client if known and client is not None and client.disabled_at is None else None


def verify_token(session: Session, key: TokenKey, token: str, at: datetime) -> Identity:
    """Who calls. Raises `WrongCredentials` for a foreign or expired token, and at once for a client that was
    disabled or whose credentials were rotated without overlap after the token was issued.

    The signature is checked once a token; whether the client still holds is asked every time.
    """
    verified = key.verified(token)
    (held,) = held_clients(session, [verified.identity.client_id])
    return identity_of(verified, held, at)


def held_clients(reader: Session | Connection, client_ids: Sequence[str]) -> list[Row[Any] | None]:
    """How each client stands now; None for one that is not there."""
    found: Iterable[Row[Any]] = reader.execute(_HELD, {"clients": list(set(client_ids))})
    rows = {row.id: row for row in found}
    return [rows.get(client_id) for client_id in client_ids]


def identity_of(verified: Verified, held: Row[Any] | None, at: datetime) -> Identity:
    """Who calls, with how its client stands; raises as `verify_token` does."""
    require_unexpired(verified, at)
    claims, identity = verified
    if held is None or held.disabled_at is not None or held.credentials_version != claims["ver"]:
        raise WrongCredentials("The client is disabled, or its secret was rotated.")
    return identity


def require_unexpired(verified: Verified, at: datetime) -> None:
    """Raise `WrongCredentials` for a token whose ten minutes are over."""
    if _seconds(at) >= verified.claims["exp"]:
        raise WrongCredentials("The token has expired.")


def _scopes(session: Session, client: Client, at: datetime) -> frozenset[str]:
    role = ROLES[client.role]
    contract = contract_in_force(session, client.institution_id, at) if role.calls else None
    products = contract.terms.products if contract else ()
    return frozenset(role.scopes) | {f"product:{code}" for code in products}


def _identity(claims: dict[str, Any]) -> Identity:
    scopes = frozenset(claims["scope"].split())
    return Identity(
        client_id=claims["sub"],
        institution_id=claims["inst"],
        institution=claims["name"],
        role=claims["role"],
        scopes=scopes,
        products=frozenset(name.removeprefix("product:") for name in scopes if name.startswith("product:")),
        version=claims["ver"],
        uscc=claims["uscc"],
        test=claims.get("test", False),  # a token of before says nothing of it
    )


def _claims(session: Session, client: Client, scopes: frozenset[str], at: datetime) -> dict[str, Any]:
    institution = session.get_one(Institution, client.institution_id)
    return {
        "iss": _ISSUER,
        "sub": client.id,
        "iat": _seconds(at),
        "exp": _seconds(at) + _LIFETIME_SECONDS,
        "inst": client.institution_id,
        "name": institution.name,
        "test": institution.test,
        "role": client.role,
        "scope": " ".join(sorted(scopes)),
        "ver": client.credentials_version,
        "uscc": client.uscc,
    }


def _seconds(at: datetime) -> int:
    return to_micros(at) // 1_000_000
