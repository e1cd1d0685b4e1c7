"""The page /docs: every route and every problem, from the OpenAPI document itself; no foreign viewer is loaded."""

import json
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.errors import STATUS, WITHOUT_AN_ERROR
from api.pages.rendering import render
from products.samples.declared import declared

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class RouteEntry:
    """One route as a reader needs it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]
    request: str | None
    responses: dict[str, str]


@router.get("/docs")
def documentation(request: Request) -> HTMLResponse:
    """The reference of the API for people; machines read /openapi.json."""
    document = request.app.openapi()
    return render(
        request,
        "documentation.html",
        title=document["info"],
        groups=by_tag(document),
        known=known_problems(),
        samples=declared().samples,
    )


def by_tag(document: dict[str, Any]) -> dict[str, list[RouteEntry]]:
    """The routes of an OpenAPI document under their first tag, in the order of the document."""
    groups: dict[str, list[RouteEntry]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_entry(document, path, method, operation))
    return groups


def known_problems() -> list[tuple[int, str, str]]:
    """Status, code and meaning of every problem; the meaning is its error's own."""
    raised = [(status, kind.code, cleandoc(kind.__doc__ or "")) for kind, status in STATUS.items()]
    return sorted([*raised, *WITHOUT_AN_ERROR])


def _entry(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> RouteEntry:
    return RouteEntry(
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        parameters=tuple(operation.get("parameters", ())),
        request=_request_example(document, operation),
        responses={status: found["description"] for status, found in operation["responses"].items()},
    )


def _request_example(document: dict[str, Any], operation: dict[str, Any]) -> str | None:
    """The first example of a body, given with the route or with its schema; of several kinds of body the first's."""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media["schema"]
        schema = schema.get("oneOf", [schema])[0]
        named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
        for example in (*schema.get("examples", ()), *named.get("examples", ())):
            return json.dumps(example, ensure_ascii=False, indent=2)
    return None
