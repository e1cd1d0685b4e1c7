"""Signing in and out of the console with a client id and secret."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.access.tokens import TokenRequest, authenticate
from api.caller import Now, PlatformSession, Served, address_of
from api.console.session import COOKIE, Anyone, SignInNeeded, begin_session, first_page, session_key
from api.headers import is_form_encoded
from api.pages.rendering import language_of, render
from bureau.errors import MalformedRequest

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("")
def console(request: Request, visitor: Anyone) -> Response:
    """The console opens on the page its visitor's role comes in on."""
    return RedirectResponse(_in_language(request, first_page(visitor.role) or "/console/login"), 303)


@router.get("/login")
def login_page(request: Request) -> Response:
    """The form."""
    return render(request, "login.html", failure=None)


@router.post("/login")
def sign_in(
    request: Request,
    session: PlatformSession,
    deployment: Served,
    now: Now,
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
) -> Response:
    """Begin a session, or show the form again with the reason."""
    if not is_form_encoded(request.headers):
        raise MalformedRequest([("content-type", "application/x-www-form-urlencoded, as the form sends it")])
    guesses, address = deployment.guesses, address_of(request)
    asked = TokenRequest(None, client_id, client_secret)
    guesses.require(asked.named_client, address)
    client = authenticate(session, asked, now)
    if client is None:
        guesses.failed(asked.named_client, address)
        return render(request, "login.html", status=401, failure="login_failed")
    page = first_page(client.role)
    if page is None:
        return render(request, "login.html", status=403, failure="login_role")
    response = RedirectResponse(_in_language(request, page), 303)
    begin_session(response, session_key(deployment.settings), client, now, secure=request.url.scheme == "https")
    return response


@router.post("/logout")
def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    response = RedirectResponse(_in_language(request, "/console/login"), 303)
    response.delete_cookie(COOKIE, path="/console")
    return response


async def answer_sign_in_needed(request: Request, error: SignInNeeded) -> Response:  # noqa: ARG001
    """A page without a session leads to the form."""
    return RedirectResponse(_in_language(request, "/console/login"), 303)


def _in_language(request: Request, path: str) -> str:
    return f"{path}?lang=en" if language_of(request) == "en" else path
