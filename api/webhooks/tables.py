"""Tables of webhooks: where to send, and how far each sending is."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import LedgerTable, Owned


class Webhook(Owned, LedgerTable):
    """An address of an institution. Its secret is sealed; the address never changes."""

    __tablename__ = "webhook"
    id: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    url: Mapped[str]
    topics: Mapped[list[str]]
    test: Mapped[bool]  # hears of calls in test mode, and of no others
    sealed_secret: Mapped[bytes]
    created_by: Mapped[str] = mapped_column(ForeignKey("client.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Delivery(LedgerTable):
    """One event on its way to one address. due_at: of the next attempt; None where none comes any more."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_due_at", "due_at"),)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhook.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("event.id"), primary_key=True)
    attempts: Mapped[int]
    due_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    last_problem: Mapped[str | None]
