"""The only place that knows HTTP statuses: from an error to an RFC 9457 problem."""

import json
import logging
from http import HTTPStatus
from typing import Annotated, Any

import psycopg
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.headers import rate_headers, secure
from api.pages.problem import is_read_by_a_person, problem_page
from bureau import errors
from bureau.db import UNREACHABLE

STATUS: dict[type[errors.BureauError], int] = {
    errors.BureauError: 500,
    errors.InvalidInput: 400,
    errors.ImpossibleUscc: 422,
    errors.ImpossibleDate: 422,
    errors.UnknownName: 400,
    errors.UnreadableFile: 400,
    errors.WrongFeed: 400,
    errors.SchemaDrift: 400,
    errors.FeedStopped: 409,
    errors.SourceConflict: 409,
    errors.MalformedRequest: 422,
    errors.BodyTooLarge: 413,
    errors.KeyMissing: 400,
    errors.WrongMode: 400,
    errors.TooFewLabels: 400,
    errors.SuspectColumns: 400,
    errors.NotPermitted: 403,
    errors.WrongCredentials: 401,
    errors.ConsentMissing: 403,
    errors.ConsentExpired: 403,
    errors.ConsentRevoked: 403,
    errors.WrongPurpose: 403,
    errors.ProductNotContracted: 403,
    errors.QuotaUsedUp: 403,
    errors.WalletEmpty: 402,
    errors.FieldNotGranted: 403,
    errors.RoleNotPermitted: 403,
    errors.WrongCode: 403,
    errors.AssertionSuspended: 403,
    errors.TooManyRequests: 429,
    errors.RateExceeded: 429,
    errors.RetentionNotOver: 403,
    errors.SignatureRefused: 403,
    errors.NotFound: 404,
    errors.UnknownProduct: 404,
    errors.UnknownSubject: 404,
    errors.UnknownObject: 404,
    errors.Conflict: 409,
    errors.KeyReused: 409,
    errors.StateConflict: 409,
    errors.ReleaseRefused: 409,
    errors.SecondPersonNeeded: 409,
    errors.SourceDown: 503,
    errors.NotReady: 503,
    errors.ModelNotReleased: 503,
    errors.ProductNotServed: 503,
    errors.DamagedModel: 503,
    errors.ContributionsDisagree: 503,
    errors.LedgerUnavailable: 503,
    errors.AnswerDamaged: 503,
    errors.FontMissing: 503,
}
"""Every error type a user can meet. Status 422 means a malformed request and nothing else."""

WITHOUT_AN_ERROR = (
    (404, "unknown-route", "An address that the API does not have. Its routes are listed above."),
    (405, "method-not-allowed", "An address that the API has, asked with another method than it takes."),
    (500, "internal-error", "A fault of the platform's own, which it has recorded. Quote `request_id` to support."),
)
"""Status, code and meaning of what the router or the server itself answers."""

RETRY_AFTER_SECONDS = 5
PROBLEM_JSON = "application/problem+json"
_log = logging.getLogger("bureau.api")


class _ProblemAnswer(JSONResponse):
    """JSON that quotes what a caller sent; half a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""

    media_type = PROBLEM_JSON

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


class FieldProblem(BaseModel):
    """One field of a malformed request."""

    field: Annotated[str, Field(description="Where it stands: body path, parameter or header.")]
    message: Annotated[str, Field(description="What is wrong with it.")]


class Problem(BaseModel):
    """A problem (RFC 9457). `code` never changes meaning; branch on it, not on the words."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "/docs#consent-missing",
                "title": "Consent missing",
                "status": 403,
                "code": "consent-missing",
                "detail": "Enterprise 91440300MA5EXAMPL1 has not authorised 'P07' to your institution. "
                "Register its signed authorisation with POST /v1/consents, then retry.",
                "request_id": "5f0c1d6f0f5b4b21a8a2",
            }
        }
    )

    type: Annotated[str, Field(description="Address of the problem's explanation.")]
    title: Annotated[str, Field(description="The code in words.")]
    status: Annotated[int, Field(description="The HTTP status again.")]
    code: Annotated[str, Field(description="Stable name of the problem.")]
    detail: Annotated[str, Field(description="One sentence that says what to do next.")]
    request_id: Annotated[str | None, Field(description="Quote it to support; also in X-Request-Id.")] = None
    trace_id: Annotated[str | None, Field(description="Of the trace under way, the caller's `traceparent`.")] = None
    errors: Annotated[
        list[FieldProblem] | None, Field(description="Of a malformed request its fields, of `not-ready` its causes.")
    ] = None


def problems(*types: type[errors.BureauError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for OpenAPI: its error types grouped by status."""
    grouped: dict[int, list[str]] = {}
    for error in types:
        grouped.setdefault(STATUS[error], []).append(error.code)
    return {status: _described(status, codes) for status, codes in grouped.items()}


def problem_schemas() -> dict[str, Any]:
    """The schemas that the `responses` of every route point to."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def _described(status: int, codes: list[str]) -> dict[str, Any]:
    examples = {
        code: {"value": {"type": f"/docs#{code}", "title": _title(code), "status": status, "code": code, "detail": "…"}}
        for code in codes
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(codes)}",
        "content": {PROBLEM_JSON: {"schema": schema, "examples": examples}},
    }


def problem_response(
    request: Request, status: int, code: str, detail: str, fields: tuple[tuple[str, str], ...] = ()
) -> Response:
    """One problem as an answer, with the headers its status asks for; a page for a person, JSON for a program."""
    request_id = getattr(request.state, "request_id", None)
    response: Response
    body = Problem(
        type=f"/docs#{code}",
        title=_title(code),
        status=status,
        code=code,
        detail=detail,
        request_id=request_id,
        trace_id=getattr(request.state, "trace_id", None),
        errors=[FieldProblem(field=name, message=message) for name, message in fields] or None,
    )
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": str(RETRY_AFTER_SECONDS)}}.get(status, {})
    if request_id:
        headers = headers | {"X-Request-Id": request_id}
    if is_read_by_a_person(request):
        response = problem_page(request, body.model_dump())
        response.headers.update(headers)
    else:
        response = _ProblemAnswer(body.model_dump(exclude_none=True), status, headers)
    secure(response.headers, request.url.scheme)  # here too: what answers our own failures stands outside of all else
    return response


def _title(code: str) -> str:
    return code.replace("-", " ").capitalize()


async def answer_error(request: Request, error: errors.BureauError) -> Response:
    """A `BureauError` by the table; a type that is not in it reads as its nearest ancestor."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    fields = error.fields if isinstance(error, errors.MalformedRequest | errors.NotReady) else ()
    response = problem_response(request, status, error.code, error.message, fields)
    if isinstance(error, errors.TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, errors.RateExceeded):
        response.headers.update(rate_headers(error.per_minute, error.burst, 0, error.reset_seconds))
    return response


async def answer_malformed(request: Request, error: RequestValidationError) -> Response:
    """What pydantic found, each field by its path, without the value (it may be personal)."""
    return await answer_error(request, errors.MalformedRequest(map(_field, error.errors())))


def _field(found: dict[str, Any]) -> tuple[str, str]:
    if found["type"] == "json_invalid":  # its place is a count of characters, not a field
        return "body", f"not JSON at character {found['loc'][-1]}"
    return ".".join(str(part) for part in found["loc"][1:]) or "body", found["msg"]


async def answer_http(request: Request, error: HTTPException) -> Response:
    """What the router itself refuses: no such route, no such method, a body that cannot be read."""
    if error.status_code == 400:  # FastAPI's word for a body it cannot decode
        return await answer_error(request, errors.MalformedRequest([("body", str(error.detail))]))
    code, detail = {
        404: ("unknown-route", f"There is no {request.url.path}. The routes are listed at /docs."),
        405: ("method-not-allowed", f"{request.method} is not among the methods of {request.url.path}."),
        413: (errors.BodyTooLarge.code, str(error.detail)),
    }.get(error.status_code, (f"http-{error.status_code}", str(error.detail)))
    response = problem_response(request, error.status_code, code, detail)
    response.headers.update(error.headers or {})
    return response


async def answer_database(request: Request, error: Exception) -> Response:
    """The database cannot be reached, is locked or full: the caller loses nothing by trying again."""
    _log.error("request %s: %s", getattr(request.state, "request_id", "-"), error)
    return await answer_error(request, errors.LedgerUnavailable("the database does not answer"))


async def answer_unstorable(request: Request, error: Exception) -> Response:
    """A value that no column of its kind holds, such as NUL in a text of PostgreSQL: the request's own fault."""
    request_id = getattr(request.state, "request_id", "-")
    _log.warning("request %s: %s", request_id, type(error).__name__)  # what the error says may quote the value
    return await answer_error(
        request, errors.MalformedRequest([("request", "holds a value that cannot be stored, such as a NUL character")])
    )


async def answer_failure(request: Request, error: Exception) -> Response:
    """Anything else is our own fault: the server logs its trace, the caller reads none."""
    _log.error("request %s failed: %r", getattr(request.state, "request_id", "-"), error)
    return problem_response(
        request, 500, "internal-error", "The platform failed and has recorded it. Quote request_id to support."
    )


def install_problems(app: FastAPI) -> None:
    """Every way a request can fail becomes a problem."""
    app.exception_handler(errors.BureauError)(answer_error)
    app.exception_handler(RequestValidationError)(answer_malformed)
    app.exception_handler(HTTPException)(answer_http)
    for kind in UNREACHABLE:
        app.exception_handler(kind)(answer_database)
    for unstorable in (DataError, psycopg.DataError):
        app.exception_handler(unstorable)(answer_unstorable)
    app.exception_handler(Exception)(answer_failure)
