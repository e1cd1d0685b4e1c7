"""The public question whether a report is genuine. It tells who was reported on, not who asked, nor the result."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.caller import PlatformSession, Served
from api.errors import problems
from api.identifiers import is_identifier
from api.issued import Issued, find_issued
from api.pages.rendering import language_of, render
from api.pages.report import product_name
from bureau.errors import UnknownObject

router = APIRouter(tags=["verification"])


class Genuineness(BaseModel):
    """What the platform confirms about a report number."""

    report_id: str
    genuine: Annotated[bool, Field(description="Issued here, and its stored bytes still match the audit log.")]
    product: Annotated[str, Field(examples=["P07"])]
    uscc: str
    subject_name: str | None
    issued_at: datetime
    sha256: Annotated[str, Field(description="Over the RFC 8785 form of the report without `evidence`.")]
    leaf: Annotated[int, Field(description="Its place in the audit log.")]
    test: Annotated[bool, Field(description="True for an answer of test mode: about nobody real.")] = False


def _or_page(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem for a program, a page for a browser."""
    return problem | {"content": problem["content"] | {"text/html": {}}}


@router.get(
    "/verify/{code}",
    summary="Whether a report is genuine",
    response_model=Genuineness,
    responses={
        200: {"content": {"text/html": {}}},
        404: _or_page(problems(UnknownObject)[404]),
    },
)
def verify(
    code: Annotated[str, Path(description="The report's number.")],
    request: Request,
    session: PlatformSession,
    deployment: Served,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """A page for a browser, JSON for a program. Compare the name and the digest with the report in hand."""
    try:
        if not is_identifier(code):
            raise UnknownObject("report", code)
        issued = find_issued(session, deployment.vault, code)
    except UnknownObject:
        if "text/html" not in accept:
            raise
        return render(request, "verify.html", status=404, code=code, found=None)
    found = confirmed(issued)
    if "text/html" not in accept:
        return JSONResponse(found.model_dump(mode="json"))
    name = product_name(found.product, language_of(request))
    return render(request, "verify.html", code=code, found=found, product_name=name)


def confirmed(issued: Issued) -> Genuineness:
    """The part of an issued report that anyone holding its number may be told."""
    return Genuineness(
        report_id=issued.report_id,
        genuine=issued.genuine,
        product=issued.answer["product"]["code"],
        uscc=issued.answer["subject"]["uscc"],
        subject_name=issued.answer["subject"]["name"],
        issued_at=issued.committed_at,
        sha256=issued.sha256,
        leaf=issued.leaf,
        test=issued.answer.get("test", False),
    )
