"""The route of reports once more, as plain ASGI: the same function, without what the framework does around it.

FastAPI and its middlewares hand a request through fifteen layers, find the route among a hundred, resolve its
dependencies, and read the body as Python before it is checked: that costs more than the ledger's transaction. Here,
before all of them, path, headers and body are read by hand and given to the very function that is declared in
`api.reports`, and the answer leaves with the headers that they would have put on. Whatever is not plain (no key, no
token, a body that is not the schema's, a request whose trace is collected) goes the declared way, and what the
function raises is raised there: every refusal has one wording, one log line and one place in the measures.
"""

import re
import time
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.tokens import Verified, identity_of, require_unexpired
from api.answers import headers_of
from api.body_size import BODY_LIMIT_BYTES
from api.caller import require_key, require_scopes
from api.deployment import Deployment
from api.envelope import request_id_of
from api.headers import security_headers
from api.operating.logs import REQUEST
from api.operating.measures import Measures
from api.operating.observing import BEGAN, tell
from api.reports import ReportRequest, give_report
from bureau.clock import now
from bureau.errors import BureauError
from bureau.spans import is_collecting

_PATH = re.compile(r"/v1/products/([^/]+)/reports")
_ROUTE = "/v1/products/{code}/reports"
_RAISED = "bureau.raised"
"""In the scope of a request: what its function raised."""


class _Plain(NamedTuple):
    """A usual call before its body is read."""

    code: str
    token: str
    key: str
    request_id: str


class _Asked(NamedTuple):
    """A call that is given to the function at an instant. token: of ours, not expired; whether its client still holds
    is asked with what it asks."""

    plain: _Plain
    token: Verified
    request: ReportRequest
    at: datetime


class HotReports:
    """Stands before everything else, and is in no OpenAPI document."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self.app, self.measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = _plain(scope)
        if plain is None:
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        deployment: Deployment = scope["app"].state.deployment
        received = await _received(receive)
        asked = await _asked(deployment, plain, received)
        if asked is None:
            await self.app(scope, _once_more(received, receive), send)
            return
        REQUEST.set(plain.request_id)
        try:
            start, body = await _answered(deployment, asked, scope["scheme"])
        except Exception as problem:  # told where the declared route's are
            state = {"request_id": plain.request_id, "test": asked.token.identity.test}
            told = {**scope, "state": scope.get("state", {}) | state, BEGAN: began, _RAISED: problem}
            await self.app(told, receive, send)
            return
        await send(start)
        await send({"type": "http.response.body", "body": body})
        tell(self.measures, "POST", _ROUTE, start["status"], time.perf_counter() - began, plain.request_id)


class Raised(BaseRoute):
    """Where a problem of the plain way is raised, inside of all that tells problems. path: for logs."""

    path = _ROUTE

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL, {"route": self}) if _RAISED in scope else (Match.NONE, {})

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Nobody's address: the declared route has it."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as routes are called
        problem: Exception = scope[_RAISED]
        raise problem


def _plain(scope: Scope) -> _Plain | None:
    """A usual call, by its path and headers."""
    if scope["type"] != "http" or scope["method"] != "POST" or is_collecting():
        return None
    found = _PATH.fullmatch(scope["path"])
    if found is None:
        return None
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]) or b"traceparent" in headers or b"transfer-encoding" in headers:
        return None
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    length, key = headers.get(b"content-length", b""), headers.get(b"idempotency-key")
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip()
    if kind != b"application/json" or scheme.lower() != b"bearer" or key is None:
        return None
    if not length.isdigit() or int(length) > BODY_LIMIT_BYTES:
        return None
    request_id = request_id_of(headers.get(b"x-request-id", b"").decode("latin-1"))
    return _Plain(found[1], token.decode("latin-1"), key.decode("latin-1"), request_id)


async def _asked(deployment: Deployment, plain: _Plain, received: list[Message]) -> _Asked | None:
    """What a call asks by a token of ours; None for what the declared way refuses, or knows better."""
    if received[-1]["type"] != "http.request":
        return None
    at = now()
    try:
        token = deployment.tokens.lately_verified(plain.token)
        require_unexpired(token, at)  # before its rate is touched: whoever holds an old token spends nobody's
        require_scopes(token.identity, ["reports"])
        await require_key(plain.key)
        request = ReportRequest.model_validate_json(b"".join(message.get("body", b"") for message in received))
    except Exception:  # whatever it is: the declared way meets it too, where problems are told
        return None
    return _Asked(plain, token, request, at)


async def _answered(deployment: Deployment, asked: _Asked, scheme: str) -> tuple[Message, bytes]:
    """The beginning of the answer, and its bytes."""
    plain, token, request, at = asked
    try:
        receipt, rate = await give_report(deployment, token.identity, plain.key, plain.code, request, at, token)
    except BureauError:  # before anything else is said: does it hold?
        identity_of(token, await deployment.clients.ask(token.identity.client_id), at)
        raise
    said = headers_of(receipt, f"/v1/reports/{receipt.call_id}", rate)
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in said.items()]
    headers += [
        *_secured(scheme),
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(receipt.body)),
        (b"x-request-id", plain.request_id.encode("latin-1")),
    ]
    if token.identity.test:
        headers.append((b"x-bureau-test", b"true"))
    return {"type": "http.response.start", "status": receipt.status, "headers": headers}, receipt.body


@cache
def _secured(scheme: str) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in security_headers(scheme).items()]


async def _received(receive: Receive) -> list[Message]:
    received = [await receive()]
    while received[-1].get("more_body", False):
        received.append(await receive())
    return received


def _once_more(received: list[Message], receive: Receive) -> Receive:
    """What was received, again, and then what comes after it."""
    left = iter(received)

    async def again() -> Message:
        for message in left:
            return message
        return await receive()

    return again
