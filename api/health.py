"""Is the process alive, can it answer, and what does it count."""

import hmac
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.caller import Served, address_of
from api.deployment import Deployment
from api.errors import problems
from api.operating.readiness import require_ready
from bureau.errors import NotReady, WrongCredentials

router = APIRouter(tags=["operations"])
_THIS_MACHINE = ("127.0.0.1", "::1")
_FORWARDED = ("forwarded", "x-forwarded-for")


class Alive(BaseModel):
    """The process runs."""

    status: Literal["alive"] = "alive"


class Cause(BaseModel):
    """Something that is missing."""

    name: Annotated[str, Field(examples=["feeds"])]
    detail: str


class Ready(BaseModel):
    """The ledger accepts calls and some product can be answered."""

    status: Annotated[
        Literal["ready", "degraded"],
        Field(description="degraded: some product cannot be answered, or a feed is overdue; `causes` says which."),
    ]
    source: Annotated[str, Field(description="The source of this home.", examples=["city"])]
    as_of: Annotated[str, Field(description="The day features are read as of.", examples=["2026-11-23"])]
    causes: list[Cause]


@router.get("/healthz", summary="Whether the process runs")
async def alive() -> Alive:
    """Answers as long as the process can answer anything."""
    return Alive()


@router.get("/readyz", summary="Whether calls can be answered", responses=problems(NotReady))
def ready(deployment: Served) -> Ready:
    """Touches the ledger, the lake and the models; 503 names in `errors` what keeps every call from an answer."""
    desk, causes = require_ready(deployment)
    return Ready(
        status="degraded" if causes else "ready",
        source=desk.source,
        as_of=desk.today.isoformat(),
        causes=[Cause(name=name, detail=detail) for name, detail in causes.items()],
    )


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, deployment: Served) -> Response:
    """The measures in Prometheus' text form: for whoever has the token, or without one for this machine alone."""
    _require_operator(request, deployment)
    deployment.measures.waiting.set(deployment.ledger.waiting)
    return Response(generate_latest(deployment.measures.registry), media_type=CONTENT_TYPE_LATEST)


def _require_operator(request: Request, deployment: Deployment) -> None:
    """What was forwarded comes from elsewhere, whichever machine the proxy runs on."""
    token = deployment.settings.metrics_token
    if token is not None:
        _, _, shown = request.headers.get("authorization", "").partition(" ")
        if not hmac.compare_digest(shown.encode(), token.get_secret_value().encode()):
            raise WrongCredentials("The measures want Authorization: Bearer with the token of BUREAU_METRICS_TOKEN.")
    elif address_of(request) not in _THIS_MACHINE or any(name in request.headers for name in _FORWARDED):
        raise WrongCredentials("The measures are for this machine alone. Set BUREAU_METRICS_TOKEN to read them.")
