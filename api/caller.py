"""What a route is given: the deployment, who calls, a session, the present instant."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.access.roles import SCOPES, roles_with
from api.access.tokens import Identity, identity_of
from api.deployment import Deployment
from api.tenancy import EVERYONE
from bureau import clock
from bureau.db import transaction
from bureau.errors import KeyMissing, RoleNotPermitted, WrongCredentials
from bureau.person import holds_identity_number
from bureau.spans import span

_SCOPES = {scope: f"Held by: {', '.join(roles_with(scope))}" for scope in SCOPES}
bearer = OAuth2(
    flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth/token", scopes=_SCOPES)),
    scheme_name="client_credentials",
    description="A token from POST /oauth/token as `Authorization: Bearer ...`.",
    auto_error=False,
)


async def the_deployment(request: Request) -> Deployment:
    """The home this process serves."""
    deployment: Deployment = request.app.state.deployment
    return deployment


Served = Annotated[Deployment, Depends(the_deployment)]


async def present() -> datetime:
    """The instant a request is looked at."""
    return clock.now()


Now = Annotated[datetime, Depends(present)]


async def bearer_identity(request: Request, deployment: Served, now: Now) -> Identity:
    """Who calls, from the bearer token; raises `WrongCredentials`, and after too many
    made-up ones from an address `TooManyRequests`. Asked once a request, whoever needs it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise WrongCredentials("The header Authorization: Bearer TOKEN is missing.")
    try:
        verified = deployment.tokens.verified(token)
    except WrongCredentials:  # made up: one that has expired is nobody's guess
        await run_in_threadpool(deployment.guesses.token_failed, address_of(request))
        raise
    with span("auth"):
        held = await deployment.clients.ask(verified.identity.client_id)
        identity = identity_of(verified, held, now)
    request.state.test = identity.test  # what answers it says so (`api.envelope`)
    return identity


def address_of(request: Request) -> str:
    """Where a request comes from, as far as the server knows."""
    return request.client.host if request.client else ""


def base_of(request: Request, deployment: Deployment) -> str:
    """Where the server is for its callers, which behind a proxy only the settings know; no slash at its end."""
    return (deployment.settings.public_url or str(request.base_url)).rstrip("/")


async def identify(
    needed: SecurityScopes,
    _documented: Annotated[str | None, Depends(bearer)],
    identity: Annotated[Identity, Depends(bearer_identity)],
) -> Identity:
    """Who calls; raises `RoleNotPermitted` without a needed scope."""
    require_scopes(identity, needed.scopes)
    return identity


def require_scopes(identity: Identity, needed: Iterable[str]) -> None:
    """Raise `RoleNotPermitted` without a needed scope."""
    for scope in needed:
        if scope not in identity.scopes:
            raise RoleNotPermitted(identity.role, f"use {scope!r}", roles_with(scope))


def open_session(deployment: Served, identity: Annotated[Identity, Depends(bearer_identity)]) -> Iterator[Session]:
    """One transaction that sees the caller's rows and nobody else's, committed before the answer is sent.

    Not for billable answers, which the ledger commits.
    """
    with transaction(deployment.rows_of(identity.sight)) as session:
        yield session


def open_platform_session(deployment: Served) -> Iterator[Session]:
    """The same seeing everybody's rows: for what has no caller, and asks about one thing that is no secret."""
    with transaction(deployment.rows_of(EVERYONE)) as session:
        yield session


DbSession = Annotated[Session, Depends(open_session, scope="function")]
PlatformSession = Annotated[Session, Depends(open_platform_session, scope="function")]
ConsentCaller = Annotated[Identity, Security(identify, scopes=["consents"])]
ConsentReader = Annotated[Identity, Security(identify, scopes=["consents:read"])]
ReportCaller = Annotated[Identity, Security(identify, scopes=["reports"])]
ReportReader = Annotated[Identity, Security(identify, scopes=["reports:read"])]
DecisionCaller = Annotated[Identity, Security(identify, scopes=["decisions"])]
DecisionReader = Annotated[Identity, Security(identify, scopes=["decisions:read"])]
NoticeReader = Annotated[Identity, Security(identify, scopes=["notices"])]
NeedCaller = Annotated[Identity, Security(identify, scopes=["needs"])]
MatchReader = Annotated[Identity, Security(identify, scopes=["matches"])]
OfferCaller = Annotated[Identity, Security(identify, scopes=["loan-products"])]
WebhookCaller = Annotated[Identity, Security(identify, scopes=["webhooks"])]
StatementCaller = Annotated[Identity, Security(identify, scopes=["statements"])]
AgreeingCaller = Annotated[Identity, Security(identify, scopes=["statements:agree"])]
ContractReader = Annotated[Identity, Security(identify, scopes=["contracts"])]
PriceCaller = Annotated[Identity, Security(identify, scopes=["prices"])]
UsageCaller = Annotated[Identity, Security(identify, scopes=["usage"])]


async def require_key(
    idempotency_key: Annotated[
        str | None,
        Header(description="New for each piece of business, the same for every retry of it: 1 to 200 characters."),
    ] = None,
) -> str:
    """The caller's idempotency key; raises `KeyMissing` for none, or for one that could be misread."""
    key = idempotency_key or ""
    readable = 0 < len(key) <= 200 and key.isascii() and key.isprintable() and " " not in key
    if not readable or holds_identity_number(key):
        raise KeyMissing
    return key


IdempotencyKey = Annotated[str, Depends(require_key)]
