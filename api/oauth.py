"""Tokens for clients (OAuth 2.0 client credentials, RFC 6749) and the platform's public keys."""

from base64 import b64decode
from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, PlainTextResponse, Response

from api.access.assertions import ASSERTION_TYPE
from api.access.tokens import NOT_FORM_ENCODED, Token, TokenRequest, issue_token
from api.caller import Now, PlatformSession, Served, address_of
from api.deployment import Deployment
from api.errors import problems
from api.headers import is_form_encoded
from api.prints.certificates import open_document_key
from api.signing import jwks
from bureau.errors import TooManyRequests

router = APIRouter(tags=["access"])
_LOOPBACK = ("127.0.0.1", "::1")
_USUAL_PORTS = {"http": 80, "https": 443}


class TokenView(BaseModel):
    """What RFC 6749 calls an access token response."""

    access_token: Annotated[str, Field(description="Send it as `Authorization: Bearer ...`.")]
    token_type: str = "Bearer"  # noqa: S105 - the scheme, not a secret
    expires_in: Annotated[int, Field(description="Seconds.", examples=[600])]
    scope: Annotated[str, Field(examples=["consents reports decisions product:P07"])]


class TokenProblem(BaseModel):
    """What RFC 6749 calls an error response."""

    model_config = ConfigDict(json_schema_extra={"example": {"error": "invalid_client", "error_description": "..."}})

    error: Annotated[str, Field(description="invalid_request, invalid_client, unsupported_grant_type, invalid_scope")]
    error_description: str


@router.post(
    "/oauth/token",
    summary="Exchange a client's secret or assertion for a token",
    response_model=TokenView,
    responses={
        400: {"model": TokenProblem},
        401: {"model": TokenProblem},
        **problems(TooManyRequests),
    },
)
def create_token(
    request: Request,
    session: PlatformSession,
    deployment: Served,
    now: Now,
    grant_type: Annotated[str | None, Form(description="`client_credentials`", examples=["client_credentials"])] = None,
    client_id: Annotated[str | None, Form(description="Or by HTTP Basic.")] = None,
    client_secret: Annotated[str | None, Form(description="Or by HTTP Basic.")] = None,
    client_assertion_type: Annotated[str | None, Form(description=f"`{ASSERTION_TYPE}`")] = None,
    client_assertion: Annotated[
        str | None,
        Form(
            description="A JWT (RFC 7523) by a key of the client: iss and sub its id, aud this address as "
            "the platform tells it (where it tells none, as the server listens), jti, exp."
        ),
    ] = None,
    scope: Annotated[str | None, Form(description="A part of the client's scopes; all without it.")] = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Form-encoded, with a secret or with an assertion of at most five minutes that is used once.

    Ask for a new token when the old one has expired; there are no refresh tokens.
    """
    if not is_form_encoded(request.headers):
        return JSONResponse(asdict(NOT_FORM_ENCODED), 400)
    identity, secret = _basic_credentials(authorization) or (client_id, client_secret)
    asked = TokenRequest(
        grant_type=grant_type,
        client_id=identity,
        client_secret=secret,
        client_assertion_type=client_assertion_type,
        client_assertion=client_assertion,
        scope=scope,
        audiences=[f"{base}/oauth/token" for base in _addresses(request, deployment)],
    )
    guesses, address = deployment.guesses, address_of(request)
    guesses.require(asked.named_client, address)
    granted = issue_token(session, deployment.tokens, asked, now)
    headers = {"Cache-Control": "no-store"}
    if isinstance(granted, Token):
        return JSONResponse(asdict(granted), headers=headers)
    if granted.error == "invalid_client":
        guesses.failed(asked.named_client, address)
    status = 401 if granted.error == "invalid_client" else 400
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="bureau"'
    return JSONResponse(asdict(granted), status, headers)


@router.get("/.well-known/jwks.json", summary="Public keys of answers and tokens")
def public_keys(deployment: Served) -> dict[str, Any]:
    """An RFC 7517 key set; `kid` in a signature's header names the key that verifies it."""
    return jwks(deployment.answers, deployment.tokens.signer)


@router.get(
    "/.well-known/certificates.pem",
    response_class=PlainTextResponse,
    summary="Certificates of the keys that sign documents",
)
def certificates(deployment: Served, now: Now) -> Response:
    """PEM, the current one first: what a reader of our PDF files takes up once, and keeps."""
    pem = open_document_key(deployment.settings.home, now).pem()
    return PlainTextResponse(pem)


def _addresses(request: Request, deployment: Deployment) -> list[str]:
    """Where this server is, by its settings or, without any, by where it listens.

    Never by the header Host: whoever got an assertion that was meant for himself would say there what it names.
    """
    if deployment.settings.public_url is not None:
        return [deployment.settings.public_url.rstrip("/")]
    host, port = request.scope.get("server") or ("", None)
    if port is None:  # a socket of the file system
        return []
    named = f"[{host}]" if ":" in host else host
    names = [named, "localhost"] if host in _LOOPBACK else [named]
    ports = ["", f":{port}"] if port == _USUAL_PORTS.get(request.url.scheme) else [f":{port}"]
    return [f"{request.url.scheme}://{name}{shown}" for name in names for shown in ports]


def _basic_credentials(authorization: str | None) -> tuple[str, str] | None:
    """Client id and secret from HTTP Basic, each percent-encoded as RFC 6749 section 2.3.1 asks."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identity, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # no base64, no text, or a header beyond ASCII
        return "", ""
    return unquote_plus(identity), unquote_plus(secret)
