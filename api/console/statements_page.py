"""The page /console/statements: every issued statement, and whether the two signatures on it stand."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.billing.months import Month
from api.billing.standing import signed_statements
from api.caller import PlatformSession, Served
from api.console.session import UsageVisitor
from api.pages.rendering import render
from bureau.errors import ImpossibleDate

router = APIRouter(prefix="/console", include_in_schema=False)
STATEMENTS_SHOWN = 200
"""The newest; a month that is asked for has no more institutions than that for long."""


@router.get("/statements")
def statements_page(
    request: Request, visitor: UsageVisitor, session: PlatformSession, deployment: Served, month: str = ""
) -> HTMLResponse:
    """The newest months first; verified when the page is asked for, by the keys of the platform and of the clients."""
    chosen, readable = _read(month)
    listed = signed_statements(session, deployment.answers, month=chosen, limit=STATEMENTS_SHOWN + 1)
    return render(
        request,
        "statements.html",
        visitor=visitor,
        rows=listed[:STATEMENTS_SHOWN],
        more=len(listed) > STATEMENTS_SHOWN,
        limit=STATEMENTS_SHOWN,
        month=month if readable else "",
        readable=readable,
    )


def _read(month: str) -> tuple[Month | None, bool]:
    """The month asked for, None for all; and whether it could be read."""
    if not month:
        return None, True
    try:
        return Month.parse(month), True
    except ImpossibleDate:
        return None, False
