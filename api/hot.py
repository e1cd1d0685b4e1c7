"""The route of reports once more, as plain ASGI: the same function, without what the framework does around it.

FastAPI finds the route among a hundred, resolves its dependencies, and reads the body as Python before it is checked:
that costs more than the ledger's transaction. Here path, headers and body are read by hand and given to the very
function that is declared in `api.reports`; whatever is not plain (no key, no token, a body that is not the schema's)
goes the declared way, so that every refusal has one wording.
"""

import re
from typing import Any

from fastapi.security import SecurityScopes
from pydantic import ValidationError
from starlette.datastructures import URLPath
from starlette.requests import Request
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Message, Receive, Scope, Send

from api.caller import bearer_identity, identify, present, require_key, the_deployment
from api.reports import ReportRequest, create_report

_PATH = re.compile(r"/v1/products/([^/]+)/reports")
_DECLARED = "bureau.declared"
"""In the scope of a request that goes the declared way."""
_SCOPES = SecurityScopes(["reports"])


class HotReports(BaseRoute):
    """Comes before the declared route, and is in no OpenAPI document. path: as the declared one's, for logs."""

    path = "/v1/products/{code}/reports"

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != "POST" or _DECLARED in scope:
            return Match.NONE, {}
        found = _PATH.fullmatch(scope["path"])
        if found is None or not _is_plain(scope):
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"code": found[1]}, "route": self}

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """Nobody's address: the declared route has it."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the declared route answer a body that is none."""
        request = Request(scope)
        deployment, now = await the_deployment(request), await present()
        identity = await bearer_identity(request, deployment, now)
        received = await _received(receive)
        try:
            asked = ReportRequest.model_validate_json(b"".join(message.get("body", b"") for message in received))
        except ValidationError:
            declared = dict(scope) | {_DECLARED: True}
            await scope["router"].app(declared, _once_more(received, receive), send)
            return
        caller = await identify(_SCOPES, None, identity)
        key = await require_key(request.headers["idempotency-key"])
        answer = await create_report(scope["path_params"]["code"], asked, caller, key, deployment, now)
        await answer(scope, receive, send)


def _is_plain(scope: Scope) -> bool:
    """Whether the headers of a usual call are there."""
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip()
    return kind == b"application/json" and b"authorization" in headers and b"idempotency-key" in headers


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
