"""Telling enterprises what was written about them: a notice becomes an event of whoever is that enterprise."""

from datetime import datetime

from sqlalchemy import Engine, select

from api.access.tables import Client, Institution, Notice
from api.identifiers import new_identifier
from api.jobs.queue import SEND_WEBHOOKS, TELL_ENTERPRISES, enqueue, first_time
from api.jobs.tables import JobEffect
from api.metering.tables import Event
from bureau.db import transaction

_UNTOLD = (
    select(Notice, Institution.id, Institution.test)
    .join(Client, Client.uscc == Notice.uscc)
    .join(Institution, Institution.id == Client.institution_id)
    .where(Client.disabled_at.is_(None))
    .where(
        ~select(JobEffect)
        .where(JobEffect.job == TELL_ENTERPRISES, JobEffect.key == Notice.id)
        .where(JobEffect.institution_id == Client.institution_id)
        .exists()
    )
    .distinct()
    .order_by(Notice.id)
)


def tell_enterprises(engine: Engine, at: datetime) -> int:
    """Write an event of each notice whose enterprise has an access of its own; returns how many are new.

    The bank that caused a notice sees no enterprise's accounts, so that it cannot do this in its own transaction.
    """
    with transaction(engine) as session:
        untold = session.execute(_UNTOLD).tuples().all()
        told = [
            Event(
                id=new_identifier(at),
                institution_id=institution_id,
                topic="notice.created",
                payload={"notice_id": notice.id, "kind": notice.kind, "consent_id": notice.consent_id},
                test=test,
                occurred_at=at,
            )
            for notice, institution_id, test in untold
            if first_time(session, TELL_ENTERPRISES, notice.id, institution_id, at)
        ]
        session.add_all(told)
        if told:
            enqueue(session, SEND_WEBHOOKS)
    return len(told)
