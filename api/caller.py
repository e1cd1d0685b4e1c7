"""What a route is given: the deployment, who calls, a session, the present instant."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes
from sqlalchemy.orm import Session

from api.access.roles import ROLES
from api.access.tokens import Identity, verify_token
from api.deployment import Deployment
from bureau import clock
from bureau.db import transaction
from bureau.errors import KeyMissing, RoleNotPermitted, WrongCredentials

_SCOPES = {
    scope: f"Held by: {', '.join(role for role in ROLES if scope in ROLES[role])}"
    for scope in sorted({scope for scopes in ROLES.values() for scope in scopes})
}
bearer = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth/token", scopes=_SCOPES)),
    scheme_name="client_credentials",
    description="A token from POST /oauth/token as `Authorization: Bearer ...`.",
    auto_error=False,
)


def the_deployment(request: Request) -> Deployment:
    """The home this process serves."""
    deployment: Deployment = request.app.state.deployment
    return deployment


def open_session(deployment: Annotated[Deployment, Depends(the_deployment)]) -> Iterator[Session]:
    """One transaction, committed before the answer is sent; not for billable answers, which the ledger commits."""
    with transaction(deployment.engine) as session:
        yield session


Served = Annotated[Deployment, Depends(the_deployment)]
DbSession = Annotated[Session, Depends(open_session, scope="function")]
Now = Annotated[datetime, Depends(clock.now)]


def identify(
    needed: SecurityScopes,
    authorization: Annotated[str | None, Depends(bearer)],
    deployment: Served,
    now: Now,
) -> Identity:
    """Who calls, from the bearer token; raises `WrongCredentials`, or `RoleNotPermitted` without a needed scope."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise WrongCredentials("The header Authorization: Bearer TOKEN is missing.")
    with Session(deployment.engine) as session:
        identity = verify_token(session, deployment.tokens, token, now)
    for scope in needed.scopes:
        if scope not in identity.scopes:
            raise RoleNotPermitted(identity.role, f"use {scope!r}", roles_with(scope))
    return identity


def roles_with(scope: str) -> list[str]:
    """The roles that hold a scope."""
    return [role for role, scopes in ROLES.items() if scope in scopes]


Caller = Annotated[Identity, Security(identify)]
"""Any client with a valid token."""
ConsentCaller = Annotated[Identity, Security(identify, scopes=["consents"])]
ReportCaller = Annotated[Identity, Security(identify, scopes=["reports"])]
DecisionCaller = Annotated[Identity, Security(identify, scopes=["decisions"])]
OfferCaller = Annotated[Identity, Security(identify, scopes=["loan-products"])]
UsageCaller = Annotated[Identity, Security(identify, scopes=["usage"])]


def require_key(
    idempotency_key: Annotated[
        str | None,
        Header(description="New for each piece of business, the same for every retry of it: 1 to 200 characters."),
    ] = None,
) -> str:
    """The caller's idempotency key; raises `KeyMissing` for none, or for one that could be misread."""
    key = idempotency_key or ""
    if not (0 < len(key) <= 200 and key.isascii() and key.isprintable() and " " not in key):
        raise KeyMissing
    return key


IdempotencyKey = Annotated[str, Depends(require_key)]
