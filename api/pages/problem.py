"""A problem as a page, for a person who followed a link."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages.rendering import render

_HEADINGS = {
    "role-not-permitted": "not_yours",
    "unknown-route": "not_there",
    "malformed-request": "unreadable",
}
"""Code -> the words that head the page; other problems share theirs."""


def is_read_by_a_person(request: Request) -> bool:
    """Whether a browser asks for a page of the console or of the public verification."""
    place = request.url.path.startswith(("/console", "/verify/"))
    return place and "text/html" in request.headers.get("accept", "")


def problem_page(request: Request, problem: Mapping[str, Any]) -> Response:
    """What went wrong in the reader's language, the sentence a program reads, and the way back; by RFC 9457."""
    heading = _HEADINGS.get(problem["code"], "failed")
    return render(request, "problem.html", status=problem["status"], problem=problem, heading=heading)
