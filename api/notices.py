"""Notices: what an enterprise is told of what others wrote about it."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.access.tables import Consent, Institution, Notice
from api.caller import DbSession, NoticeReader
from api.errors import problems
from api.paging import Cursor, Limit, Page, page_of
from api.seen import list_seen
from bureau.errors import RoleNotPermitted, WrongCredentials

router = APIRouter(prefix="/v1/notices", tags=["consents"], responses=problems(WrongCredentials, RoleNotPermitted))


class NoticeView(BaseModel):
    """One notice: an institution says that it holds a document with the enterprise's consent."""

    notice_id: str
    kind: Literal["consent-asserted"]
    institution: str
    consent_id: str
    document_sha256: str | None
    products: list[str]
    created_at: datetime


def view(session: Session, notice: Notice) -> NoticeView:
    """A stored notice as its enterprise reads it."""
    query = select(Consent, Institution.name).join(Institution, Institution.id == Consent.institution_id)
    consent, institution = session.execute(query.where(Consent.id == notice.consent_id)).one().tuple()
    return NoticeView(
        notice_id=notice.id,
        kind="consent-asserted",
        institution=institution,
        consent_id=consent.id,
        document_sha256=consent.document_sha256,
        products=consent.products,
        created_at=notice.created_at,
    )


@router.get("", summary="List what you are told")
def list_notices(
    _caller: NoticeReader, session: DbSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[NoticeView]:
    """Newest first. A consent you did not give: revoke it with DELETE /v1/consents/{id}, and object."""
    rows = list_seen(session, Notice, cursor=cursor, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda notice: notice.id)
    return Page(items=[view(session, notice) for notice in shown], next_cursor=next_cursor)
