"""The application: every resource's routes, the problems, the pages; one home served by one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    audit_roots,
    catalogue,
    consents,
    contract_routes,
    decisions,
    health,
    loan_products,
    matches,
    needs,
    notices,
    oauth,
    reports,
    sample_routes,
    service_levels,
    statements,
    usage,
    verify,
    webhook_routes,
)
from api.body_size import body_limit
from api.console import features_page, feeds_page, login, statements_page, usage_page
from api.console.login import answer_sign_in_needed
from api.console.session import SignInNeeded
from api.deployment import Deployment, open_deployment
from api.envelope import BodyLimit, RequestId
from api.errors import install_problems, problem_schemas, problems
from api.hot import HotReports, Raised
from api.hot_renewal import renewing
from api.operating.measures import Measures
from api.operating.observing import Observed
from api.pages import assets, documentation
from api.settling import settle
from bureau.errors import BodyTooLarge, MalformedRequest
from bureau.heap import let_go
from bureau.settings import Settings
from features.store import live_kernel
from models import warming

DESCRIPTION = (
    "Scores, reports and loan decisions about enterprises, with reasons that lead back to the records. Money is "
    "integer fen, times are RFC 3339 with a zone, errors are RFC 9457 problems with a stable code."
)

_NO_SPANS_OF_PATHS: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""FastAPI's own would tell paths and failures word for word, and both may name an enterprise; `Observed` tells ours."""


_DOCUMENT: dict[str, Any] = {}
"""The OpenAPI document takes a second: written with the first application of a process, it serves every other."""


class Platform(FastAPI):
    """FastAPI, and before all it does around a request the plain way of reports. measures: of this process.

    by_https: whether callers come by HTTPS, whatever the connection from a proxy is.
    """

    measures: Measures
    by_https: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cookies and headers that say `by HTTPS alone` go by the scheme."""
        if self.by_https and scope["type"] == "http":
            scope["scheme"] = "https"
        await super().__call__(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        return HotReports(super().build_middleware_stack(), self.measures)

    def openapi(self) -> dict[str, Any]:
        """The document that was given: FastAPI writes anew what it has not written itself."""
        return self.openapi_schema or super().openapi()


def create_app(settings: Settings, opened: Deployment | None = None, *, for_good: bool = False) -> FastAPI:
    """The application of one home. opened: by the caller, who closes it; without one it is open while the app runs.

    for_good: this process serves it until it ends, and does nothing else (`api.settling`).
    """

    measures = opened.measures if opened else Measures()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        holding = nullcontext(opened) if opened else open_deployment(settings, measures)
        async with contextmanager_in_threadpool(holding) as deployment:
            app.state.deployment = deployment
            await run_in_threadpool(live_kernel.warm_up)
            await run_in_threadpool(warming.warm_up)
            if for_good:
                await run_in_threadpool(settle, deployment)
            try:
                async with contextmanager_in_threadpool(renewing(deployment)):
                    yield
            finally:
                if for_good:
                    let_go()

    app = Platform(
        title="Local Credit Bureau 地方征信平台",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_SPANS_OF_PATHS,
        responses=problems(MalformedRequest, BodyTooLarge),
    )
    app.measures = measures
    app.by_https = (settings.public_url or "").lower().startswith("https:")
    for resource in (
        oauth, consents, notices, catalogue, reports, decisions, loan_products, needs, matches, usage, statements,
        service_levels, contract_routes, webhook_routes, audit_roots, sample_routes, verify, health, login, usage_page,
        statements_page, feeds_page, features_page, assets, documentation,
    ):  # fmt: skip
        app.include_router(resource.router)
    app.router.routes.insert(0, Raised())
    install_problems(app)
    app.exception_handler(SignInNeeded)(answer_sign_in_needed)
    app.add_middleware(BodyLimit, limit_of=body_limit)
    app.add_middleware(RequestId)
    app.add_middleware(Observed, measures=measures)
    app.openapi_schema = _described(app)
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    if not _DOCUMENT:
        _DOCUMENT.update(app.openapi())
        _DOCUMENT["components"]["schemas"] |= problem_schemas()
    return _DOCUMENT
