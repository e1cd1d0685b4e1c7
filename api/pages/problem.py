"""A problem as a page, for a person who followed a link."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from api.pages.rendering import render

if TYPE_CHECKING:
    from api.errors import Problem

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


def problem_page(request: Request, problem: "Problem") -> Response:
    """What went wrong in the reader's language, the sentence a program reads, and the way back."""
    heading = _HEADINGS.get(problem.code, "failed")
    return render(request, "problem.html", status=problem.status, problem=problem, heading=heading)
