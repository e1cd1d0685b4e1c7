"""Addresses of an institution: registered, listed, ended, asked to be sent everything again."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.identifiers import new_identifier
from api.jobs.queue import SEND_WEBHOOKS, enqueue
from api.metering.tables import Event
from api.vault import Vault
from api.webhooks.addresses import check_address
from api.webhooks.tables import Delivery, Webhook
from bureau.errors import InvalidInput, StateConflict, UnknownObject

TOPICS = {
    "usage.threshold_reached": "A month's charges have reached a sum that the contract names.",
    "statement.issued": "The statement of a month is issued and can be agreed to.",
    "notice.created": "An institution wrote something about the enterprise: read it with GET /v1/notices.",
    "consent.audit_drawn": "Consents the institution asserted were drawn for audit: it shows their documents.",
}
"""What can be heard of."""


@dataclass(frozen=True)
class NewWebhook:
    """A registered address with its secret, which is shown this once."""

    webhook: Webhook
    secret: str


def register(
    session: Session,
    vault: Vault,
    institution_id: int,
    client_id: str,
    *,
    url: str,
    topics: Sequence[str],
    test: bool,
    local: bool,
    at: datetime,
) -> NewWebhook:
    """A new address; it hears of what happens from now on. Raises `InvalidInput`."""
    check_address(url, local=local)
    unknown = sorted(set(topics) - set(TOPICS))
    if unknown or not topics:
        raise InvalidInput(f"A webhook names topics among {', '.join(TOPICS)}; got {', '.join(unknown) or 'none'}.")
    webhook_id = new_identifier(at)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    webhook = Webhook(
        id=webhook_id,
        institution_id=institution_id,
        url=url,
        topics=sorted(set(topics)),
        test=test,
        sealed_secret=vault.seal(secret.encode(), webhook_id),
        created_by=client_id,
        created_at=at,
    )
    session.add(webhook)
    session.flush()
    return NewWebhook(webhook, secret)


def list_webhooks(session: Session, institution_id: int, *, cursor: str | None, limit: int) -> Sequence[Webhook]:
    """Newest first, from after `cursor`."""
    query = select(Webhook).where(Webhook.institution_id == institution_id)
    if cursor is not None:
        query = query.where(Webhook.id < cursor)
    return session.scalars(query.order_by(Webhook.id.desc()).limit(limit)).all()


def find_webhook(session: Session, institution_id: int, webhook_id: str) -> Webhook:
    """One address; raises `UnknownObject` also for another institution's."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.institution_id != institution_id:
        raise UnknownObject("webhook", webhook_id)
    return webhook


def end_webhook(session: Session, institution_id: int, webhook_id: str, at: datetime) -> Webhook:
    """Send nothing more to an address. Ending it twice keeps the first instant."""
    webhook = find_webhook(session, institution_id, webhook_id)
    webhook.ended_at = webhook.ended_at or at
    call_off(session, webhook_id)
    session.flush()
    return webhook


def call_off(session: Session, webhook_id: str) -> None:
    """Make no more attempts of what is on its way to an address."""
    waiting = Delivery.webhook_id == webhook_id, Delivery.due_at.is_not(None)
    session.execute(update(Delivery).where(*waiting).values(due_at=None))


def send_again(session: Session, institution_id: int, webhook_id: str, since: datetime, at: datetime) -> int:
    """Send all events from an instant on once more, arrived or not; returns how many.

    Raises `StateConflict` for an address that has ended, to which nothing is sent.
    """
    webhook = find_webhook(session, institution_id, webhook_id)
    if webhook.ended_at is not None:
        raise StateConflict(
            f"Webhook {webhook_id} has ended and nothing is sent to it. Register its address anew with "
            "POST /v1/webhooks; it hears of what happens from then on."
        )
    events = select(Event.id).where(Event.institution_id == institution_id, Event.occurred_at >= since)
    again = (
        update(Delivery)
        .where(Delivery.webhook_id == webhook.id, Delivery.event_id.in_(events))
        .values(attempts=0, due_at=at, arrived_at=None, last_problem=None)
        .returning(Delivery.event_id)
    )
    enqueue(session, SEND_WEBHOOKS)
    return len(session.scalars(again).all())
