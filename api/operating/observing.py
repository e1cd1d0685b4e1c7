"""Around every request: its trace, its line in the log, its place in the measures."""

import logging
import time

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operating.measures import Measures
from bureau.spans import is_collecting, trace_id

_TRACER = trace.get_tracer("bureau")
_PROPAGATOR = TraceContextTextMapPropagator()
_log = logging.getLogger("bureau.access")
BEGAN = "bureau.began"
"""In the scope of a request that was worked on before it came here: since when."""


class Observed:
    """A caller's `traceparent` (W3C) is gone on with: its trace is that of our spans, log lines and problems.

    The log names the route, never the path: a path may hold an enterprise's code.
    """

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self.app, self.measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        theirs = _trace_of(scope)
        if is_collecting():
            with _TRACER.start_as_current_span(
                scope["method"], theirs, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
            ) as told:
                status = await self._answer(scope, receive, send)
                told.update_name(f"{scope['method']} {_route(scope)}")
                told.set_attributes({"http.route": _route(scope), "http.response.status_code": status})
        elif theirs is not None:
            held = context.attach(theirs)
            try:
                await self._answer(scope, receive, send)
            finally:
                context.detach(held)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> int:
        began, status = scope.get(BEGAN) or time.perf_counter(), 500
        scope.setdefault("state", {})["trace_id"] = trace_id()  # here too for what answers our own failures, outside

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_and_see)
        finally:
            seconds, request_id = time.perf_counter() - began, scope["state"].get("request_id")
            tell(self.measures, scope["method"], _route(scope), status, seconds, request_id)
        return status


def tell(measures: Measures, method: str, route: str, status: int, seconds: float, request_id: str | None) -> None:
    """Count a request that is answered, and log it."""
    measures.requests_of(method, route, str(status)).inc()
    if _log.isEnabledFor(logging.INFO):
        facts = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        _log.info("answered", extra={"facts": facts | {"request_id": request_id}})


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")


def _trace_of(scope: Scope) -> Context | None:
    headers = Headers(scope=scope)
    if "traceparent" not in headers:
        return None
    carried = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
    return _PROPAGATOR.extract(carried)
