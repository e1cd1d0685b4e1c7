"""Webhooks: an institution's addresses, what was sent to each, and sending it again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.caller import DbSession, Now, Served, WebhookCaller
from api.errors import problems
from api.identifiers import Identifier
from api.paging import Cursor, Limit, Page, page_of
from api.webhooks import registering
from api.webhooks.tables import Delivery, Webhook
from bureau.errors import InvalidInput, RoleNotPermitted, StateConflict, UnknownObject, WrongCredentials
from bureau.text import Line

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], responses=problems(WrongCredentials, RoleNotPermitted))


class WebhookRequest(BaseModel):
    """Where to send what."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": "https://bank.example/hooks/bureau", "topics": ["usage.threshold_reached"]}]
        },
    )

    url: Annotated[str, Field(max_length=500, pattern=r"^[\x21-\x7e]+$", description="https only.")]
    topics: Annotated[
        list[Line], Field(min_length=1, max_length=20, description=f"Of {', '.join(registering.TOPICS)}.")
    ]


class WebhookView(BaseModel):
    """An address."""

    webhook_id: str
    url: str
    topics: list[str]
    test: Annotated[bool, Field(description="It hears of calls in test mode, and of no others.")]
    created_at: datetime
    ended_at: datetime | None


class NewWebhookView(WebhookView):
    """With the secret that signs what is sent (Standard Webhooks 1.0); it is shown this once."""

    secret: str


class DeliveryView(BaseModel):
    """One event on its way."""

    event_id: Annotated[str, Field(description="Also in the header webhook-id, the same for every attempt.")]
    attempts: int
    due_at: Annotated[datetime | None, Field(description="Of the next attempt; null where none comes any more.")]
    arrived_at: datetime | None
    last_problem: str | None


class ReplayRequest(BaseModel):
    """From which instant on everything is sent again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"since": "2026-11-23T00:00:00+08:00"}]})

    since: AwareDatetime


class ReplayView(BaseModel):
    """How many events are due again."""

    events: int


def view(webhook: Webhook) -> WebhookView:
    """A stored address as its institution reads it."""
    return WebhookView(
        webhook_id=webhook.id,
        url=webhook.url,
        topics=webhook.topics,
        test=webhook.test,
        created_at=webhook.created_at,
        ended_at=webhook.ended_at,
    )


@router.post("", status_code=201, summary="Register a webhook", responses=problems(InvalidInput))
def create_webhook(
    request: WebhookRequest, caller: WebhookCaller, session: DbSession, deployment: Served, now: Now
) -> NewWebhookView:
    """It hears of what happens from now on: each event until it is answered with a status of 2xx, in ten attempts over
    about three days; then it is given up and comes again by /replay. 410 ends the webhook."""
    made = registering.register(
        session,
        deployment.vault,
        caller.institution_id,
        caller.client_id,
        url=request.url,
        topics=request.topics,
        test=caller.test,
        local=deployment.settings.webhooks_local,
        at=now,
    )
    return NewWebhookView(**view(made.webhook).model_dump(), secret=made.secret)


@router.get("", summary="List your webhooks")
def list_webhooks(
    caller: WebhookCaller, session: DbSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[WebhookView]:
    """Newest first, ended ones included."""
    rows = registering.list_webhooks(session, caller.institution_id, cursor=cursor, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda webhook: webhook.id)
    return Page(items=[view(webhook) for webhook in shown], next_cursor=next_cursor)


@router.delete("/{webhook_id}", summary="End a webhook", responses=problems(UnknownObject))
def end_webhook(webhook_id: Identifier, caller: WebhookCaller, session: DbSession, now: Now) -> WebhookView:
    """Nothing more is sent to it, also of what is on its way."""
    return view(registering.end_webhook(session, caller.institution_id, webhook_id, now))


@router.get("/{webhook_id}/deliveries", summary="What was sent to a webhook", responses=problems(UnknownObject))
def list_deliveries(
    webhook_id: Identifier, caller: WebhookCaller, session: DbSession, cursor: Cursor = None, limit: Limit = 50
) -> Page[DeliveryView]:
    """Newest event first."""
    webhook = registering.find_webhook(session, caller.institution_id, webhook_id)
    query = select(Delivery).where(Delivery.webhook_id == webhook.id)
    if cursor is not None:
        query = query.where(Delivery.event_id < cursor)
    rows = session.scalars(query.order_by(Delivery.event_id.desc()).limit(limit + 1)).all()
    shown, next_cursor = page_of(rows, limit, lambda delivery: delivery.event_id)
    return Page(
        items=[DeliveryView.model_validate(one, from_attributes=True) for one in shown], next_cursor=next_cursor
    )


@router.post(
    "/{webhook_id}/replay",
    status_code=202,
    summary="Send again",
    responses=problems(UnknownObject, StateConflict),
)
def replay(
    webhook_id: Identifier, request: ReplayRequest, caller: WebhookCaller, session: DbSession, now: Now
) -> ReplayView:
    """Every event since an instant, arrived or not; each keeps its id."""
    return ReplayView(events=registering.send_again(session, caller.institution_id, webhook_id, request.since, now))
