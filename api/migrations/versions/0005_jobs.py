"""The queue of jobs on PostgreSQL, and what jobs have done."""

from contextlib import closing

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String

from api.migrations.isolation import OWN, isolate

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ENQUEUE = """
CREATE FUNCTION enqueue_job(job text, asked jsonb, due timestamptz) RETURNS void LANGUAGE sql
SECURITY DEFINER SET search_path FROM CURRENT AS
$$ SELECT procrastinate_defer_jobs_v1(
    ARRAY[ROW('bureau', job, 0, NULL, NULL, asked, due)::procrastinate_job_to_defer_v1]) $$
"""
"""Whoever may write a row may have it worked on; the queue itself stays the owner's."""


def upgrade() -> None:
    """On SQLite a server works by its own clock and needs no queue."""
    op.create_table(
        "job_effect",
        Column("job", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("done_at", BigInteger, nullable=False),
    )
    isolate({"job_effect": OWN})
    if op.get_bind().dialect.name == "postgresql":
        with closing(op.get_bind().connection.cursor()) as cursor:  # the driver's own takes many statements at once
            cursor.execute(SchemaManager.get_schema())
            cursor.execute(_ENQUEUE)
