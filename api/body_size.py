"""How large a body may be: small, but for the lines of a bank that shows a token of ours."""

import re

from starlette.requests import Request

from api.access.tokens import require_unexpired
from api.deployment import Deployment
from bureau.clock import now
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
    """Whether its token is of ours, for statements, and not expired: an old one is a stranger's, as far as known."""
    deployment: Deployment = request.app.state.deployment
    token = request.headers.get("authorization", "").partition(" ")[2]
    try:
        verified = deployment.tokens.verified(token)
        require_unexpired(verified, now())
    except WrongCredentials:
        return False
    return "statements" in verified.identity.scopes
