"""What databases say of a server's state when Prometheus asks: backlog, audit lag, silent feeds, waiting jobs."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from api.audit.tables import AuditLeaf, AuditRoot
from api.metering.tables import Call
from api.webhooks.tables import Delivery, Webhook
from bureau.errors import SourceDown
from features.contracts.feeds import find_feed
from features.lake.freshness import newest_deliveries
from products.desk import Desk

_log = logging.getLogger("bureau.api")
_Figure = tuple[str, str, float]


@dataclass(frozen=True)
class Standing(Collector):
    """Asked anew at each scrape. engine: sees everybody's rows, of which nothing but counts leaves."""

    engine: Engine
    desk: Callable[[], Desk]
    clock: Callable[[], datetime]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """A database that does not answer is told by `bureau_database_up`, and its figures are left out."""
        figures, up = self._of_the_ledger()
        yield GaugeMetricFamily("bureau_database_up", "1 where the ledger's database answers.", value=up)
        for name, said, value in figures:
            yield GaugeMetricFamily(name, said, value=value)
        yield from self._of_the_feeds()

    def _of_the_ledger(self) -> tuple[list[_Figure], int]:
        try:
            with self.engine.connect() as connection:
                return [*_outbox(connection, self.clock()), *_audit(connection, self.clock()), *_jobs(connection)], 1
        except DBAPIError as problem:
            _log.warning("the ledger's database does not answer: %s", type(problem).__name__)
            return [], 0

    def _of_the_feeds(self) -> Iterator[GaugeMetricFamily]:
        overdue = GaugeMetricFamily(
            "bureau_feed_overdue_days", "Days since a feed's next delivery was due; below zero: until.", labels=["feed"]
        )
        try:
            desk = self.desk()
            newest = newest_deliveries(desk.lake, desk.today, desk.lake.snapshot())
        except (SourceDown, DBAPIError):
            return
        for feed, day in sorted(newest.items()):
            overdue.add_metric([feed], (desk.today - day).days - find_feed(feed).fresh_for_days)
        yield overdue


def _outbox(connection: Connection, at: datetime) -> Iterator[_Figure]:
    waiting = (
        select(func.count(), func.min(Delivery.due_at))
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(Delivery.due_at.is_not(None), Webhook.ended_at.is_(None))  # one may be picked up while its address ends
    )
    count, oldest = connection.execute(waiting).one()
    late = 0.0 if oldest is None else max(0.0, (at - oldest).total_seconds())
    yield "bureau_outbox_waiting", "Deliveries of webhooks that have not arrived and were not given up.", count
    yield "bureau_outbox_overdue_seconds", "For how long the longest overdue attempt has been due.", late


def _audit(connection: Connection, at: datetime) -> Iterator[_Figure]:
    sealed = connection.scalar(select(func.max(AuditRoot.size))) or 0
    written = connection.scalar(select(func.max(AuditLeaf.number)))
    unsealed = 0 if written is None else written + 1 - sealed
    first = select(Call.committed_at).join(AuditLeaf, AuditLeaf.line_id == Call.id).where(AuditLeaf.number == sealed)
    since = connection.scalar(first) if unsealed else None
    lag = 0.0 if since is None else max(0.0, (at - since).total_seconds())
    yield "bureau_audit_unsealed_leaves", "Leaves of the audit log under no signed root yet.", unsealed
    yield "bureau_audit_lag_seconds", "How old the oldest of them is.", lag


def _jobs(connection: Connection) -> Iterator[_Figure]:
    if connection.dialect.name == "postgresql":
        counted = text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        found = {row[0]: row[1] for row in connection.execute(counted)}
        yield "bureau_jobs_waiting", "Jobs enqueued and not begun.", found.get("todo", 0)
        yield "bureau_jobs_failed", "Jobs that failed and are not tried again.", found.get("failed", 0)
