"""How large a body may be: small, but for the lines of a bank that shows a token of ours."""

import re

from starlette.requests import Request

from api.deployment import Deployment
from bureau.errors import WrongCredentials

BODY_LIMIT_BYTES = 256 * 1024
"""No other request of this API comes near it."""
UPLOAD_LIMIT_BYTES = 32 * 1024 * 1024
"""200,000 lines of a month, each with the call's number and a serial."""
_UPLOADS = re.compile(r"/v1/statements/[^/]+/reconciliation")


def body_limit(request: Request) -> int:
    """In bytes. A body is read before its route asks who calls, so that a stranger must not send much of it."""
    if request.method == "POST" and _UPLOADS.fullmatch(request.scope["path"]) and _may_upload(request):
        return UPLOAD_LIMIT_BYTES
    return BODY_LIMIT_BYTES


def _may_upload(request: Request) -> bool:
    """Whether its token is of ours and for statements; one that has expired is refused by the route, in its words."""
    deployment: Deployment = request.app.state.deployment
    token = request.headers.get("authorization", "").partition(" ")[2]
    try:
        return "statements" in deployment.tokens.claims(token)["scope"].split()
    except WrongCredentials:
        return False
