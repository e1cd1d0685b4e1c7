"""Console sessions: who signed in, in a signed cookie that scripts cannot read; nothing is stored."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Cookie, Depends
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.access.roles import ROLES
from api.access.tables import Client, Institution
from api.caller import Now, Served
from api.secret import platform_secret
from bureau.clock import to_micros
from bureau.errors import NotPermitted
from bureau.settings import Settings

COOKIE = "bureau_console"
LIFETIME = timedelta(hours=8)
_ALGORITHM = "HS256"


@dataclass(frozen=True)
class Visitor:
    """A signed-in client."""

    client_id: str
    institution: str
    role: str


class SignInNeeded(NotPermitted):
    """A page of the console without a session; `api.console.login` answers with the form."""

    code = "sign-in-needed"


def may_enter(role: str) -> bool:
    """The console shows every institution's numbers, so it takes a role that may see them."""
    return "usage:all" in ROLES[role]


def session_key(settings: Settings) -> OctKey:
    """The key that signs cookies."""
    return OctKey.import_key(hashlib.sha256(b"bureau console" + platform_secret(settings).encode()).digest())


def begin_session(response: Response, key: OctKey, client: Client, at: datetime, *, secure: bool) -> None:
    """Put the session of a client into a response. It ends after 8 hours, or with the client's secret."""
    seconds = int(LIFETIME.total_seconds())
    claims = {"sub": client.id, "ver": client.secret_version, "exp": to_micros(at) // 1_000_000 + seconds}
    value = jwt.encode({"alg": _ALGORITHM}, claims, key)
    response.set_cookie(
        COOKIE, value, max_age=seconds, path="/console", secure=secure, httponly=True, samesite="strict"
    )


def visitor(
    deployment: Served, now: Now, bureau_console: Annotated[str | None, Cookie(include_in_schema=False)] = None
) -> Visitor:
    """Who the cookie says is here; raises `SignInNeeded` without a session that still holds."""
    try:
        claims = jwt.decode(bureau_console or "", session_key(deployment.settings), algorithms=[_ALGORITHM]).claims
    except (JoseError, ValueError) as problem:
        raise SignInNeeded("Sign in first.") from problem
    with Session(deployment.engine) as session:
        client = session.get(Client, claims["sub"])
        if (
            client is None
            or client.disabled_at is not None
            or client.secret_version != claims["ver"]
            or not to_micros(now) // 1_000_000 < claims["exp"]
        ):
            raise SignInNeeded("The session has ended; sign in again.")
        return Visitor(client.id, session.get_one(Institution, client.institution_id).name, client.role)


SignedIn = Annotated[Visitor, Depends(visitor)]
