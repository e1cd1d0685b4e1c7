"""What surrounds every request: its id, and the size its body may have."""

import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer_error
from api.headers import secure
from api.operating.logs import REQUEST
from api.randomness import random_bytes
from bureau.errors import BodyTooLarge
from bureau.person import holds_identity_number

_READABLE_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


class RequestId:
    """Echoes the caller's `X-Request-Id`, or makes one: both sides find the same call in their logs.

    And puts the headers on that every response has (`api.headers`), and on those of test mode `X-Bureau-Test`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        request_id = state.get("request_id") or request_id_of(Headers(scope=scope).get("x-request-id", ""))
        state["request_id"] = request_id
        REQUEST.set(request_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if scope["state"].get("test"):
                    headers["X-Bureau-Test"] = "true"
                secure(headers, scope["scheme"])
            await send(message)

        await self.app(scope, receive, send_with_id)


def request_id_of(offered: str) -> str:
    """The id that a caller offers, if it can be read and names no person; otherwise one of ours."""
    harmless = _READABLE_ID.fullmatch(offered) and not holds_identity_number(offered)
    return offered if harmless else random_bytes(16).hex()


class BodyLimit:
    """Refuses a body above the limit with a 413 problem, by its announced length or while it streams in.

    limit_of: the limit of a request in bytes. Starlette's own limiter answers in plain text when the length is
    announced, which is no problem document.
    """

    def __init__(self, app: ASGIApp, limit_of: Callable[[Request], int]) -> None:
        self.app, self.limit_of = app, limit_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit_of(Request(scope))
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > limit:
            refusal = await answer_error(Request(scope), BodyTooLarge(limit))
            await refusal(scope, receive, send)
            return
        received = 0

        async def receive_up_to_the_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, str(BodyTooLarge(limit)))
            return message

        await self.app(scope, receive_up_to_the_limit, send)
