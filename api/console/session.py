"""Console sessions: who signed in, in a signed cookie that scripts cannot read; nothing is stored."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Cookie, Request, Security
from fastapi.security import SecurityScopes
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.access.roles import ROLES, roles_with
from api.access.tables import Client, Institution
from api.caller import Now, Served
from api.compact_jws import proven_payload
from api.secret import derived_key
from api.tenancy import EVERYONE
from bureau.clock import to_micros
from bureau.errors import NotPermitted, RoleNotPermitted
from bureau.settings import Settings

COOKIE = "bureau_console"
LIFETIME = timedelta(hours=8)
_ALGORITHM = "HS256"
_PAGES = (("usage", "usage:all"), ("statements", "usage:all"), ("feeds", "feeds"), ("features", "feeds"))
"""The pages by their names, with the scope that sees them; a visitor comes in on the first it may see."""


@dataclass(frozen=True)
class Visitor:
    """A signed-in client."""

    client_id: str
    institution: str
    role: str

    @property
    def pages(self) -> tuple[str, ...]:
        """The names of the pages that its role may see."""
        return pages_of(self.role)


class SignInNeeded(NotPermitted):
    """A page of the console without a session; `api.console.login` answers with the form."""

    code = "sign-in-needed"


def pages_of(role: str) -> tuple[str, ...]:
    """The names of the pages a role may see; none for most: pages are of feeds and of everybody's sums."""
    return tuple(name for name, scope in _PAGES if scope in ROLES[role].scopes)


def first_page(role: str) -> str | None:
    """The page a role comes in on, None for one that has none."""
    return next((f"/console/{name}" for name in pages_of(role)), None)


def session_key(settings: Settings) -> OctKey:
    """The key that signs cookies."""
    return OctKey.import_key(derived_key(settings, "console sessions"))


def begin_session(response: Response, key: OctKey, client: Client, at: datetime, *, secure: bool) -> None:
    """Put the session of a client into a response. It ends after 8 hours, or with the client's secret."""
    seconds = int(LIFETIME.total_seconds())
    claims = {"sub": client.id, "ver": client.credentials_version, "exp": to_micros(at) // 1_000_000 + seconds}
    value = jwt.encode({"alg": _ALGORITHM}, claims, key)
    response.set_cookie(
        COOKIE, value, max_age=seconds, path="/console", secure=secure, httponly=True, samesite="strict"
    )


def visitor(
    request: Request,
    needed: SecurityScopes,
    deployment: Served,
    now: Now,
    bureau_console: Annotated[str | None, Cookie(include_in_schema=False)] = None,
) -> Visitor:
    """Who the cookie says is here; raises `SignInNeeded` without a session that still holds, and
    `RoleNotPermitted` for a page that is not for its role."""
    signed = proven_payload(bureau_console or "", session_key(deployment.settings), [_ALGORITHM])
    if signed is None:
        raise SignInNeeded("Sign in first.")
    claims = json.loads(signed)
    with Session(deployment.rows_of(EVERYONE)) as session:
        client = session.get(Client, claims["sub"])
        if (
            client is None
            or client.disabled_at is not None
            or client.credentials_version != claims["ver"]
            or not to_micros(now) // 1_000_000 < claims["exp"]
        ):
            raise SignInNeeded("The session has ended; sign in again.")
        for scope in set(needed.scopes) - set(ROLES[client.role].scopes):
            raise RoleNotPermitted(client.role, f"see {request.url.path}", roles_with(scope))
        return Visitor(client.id, session.get_one(Institution, client.institution_id).name, client.role)


Anyone = Annotated[Visitor, Security(visitor)]
SignedIn = Annotated[Visitor, Security(visitor, scopes=["feeds"])]
UsageVisitor = Annotated[Visitor, Security(visitor, scopes=["usage:all"])]
