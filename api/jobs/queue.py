"""Enqueueing a job with the row that causes it: both are committed, or neither.

On PostgreSQL the queue is procrastinate's, in the same database, so that one transaction holds row and job. On SQLite
there is none: the server looks every few seconds for what the rows themselves ask for.
"""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.orm import Session

from api.jobs.tables import JobEffect

SEND_WEBHOOKS: Final = "send-webhooks"
TELL_ENTERPRISES: Final = "tell-enterprises"
_ENQUEUE = text("SELECT enqueue_job(:job, CAST(:asked AS jsonb), CAST(:due AS timestamptz))").bindparams(
    bindparam("due", type_=None)
)


def enqueue(within: Session | Connection, job: str, due: datetime | None = None, **asked: str) -> None:
    """Have a job done after this transaction is committed, not before `due`."""
    connection = within.connection() if isinstance(within, Session) else within
    if connection.dialect.name == "postgresql":
        connection.execute(_ENQUEUE, {"job": job, "asked": json.dumps(asked), "due": due and due.isoformat()})


def first_time(session: Session, job: str, key: str, institution_id: int, at: datetime) -> bool:
    """Whether a job has not done this for an institution yet; from here on, in this transaction, it has.

    Of two that ask at once the second waits for the first one's commit.
    """
    insert = insert_on_postgresql if session.get_bind().dialect.name == "postgresql" else insert_on_sqlite
    effect = {"job": job, "key": key, "institution_id": institution_id, "done_at": at}
    written = insert(JobEffect).values(effect).on_conflict_do_nothing().returning(JobEffect.key)
    return session.execute(written).first() is not None
