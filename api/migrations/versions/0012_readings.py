"""Who read a stored answer again: of the query log, so that rows are added and never changed."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String

from api.migrations.append_only import make_append_only
from api.migrations.isolation import OWN, isolate
from bureau.db import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty at first: what was read before left no row."""
    op.create_table(
        "reading",
        Column("id", String, primary_key=True),
        Column("line_id", String, ForeignKey("usage_line.id"), nullable=False, index=True),
        Column("institution_id", Integer, ForeignKey("institution.id"), nullable=False),
        Column("client_id", String, ForeignKey("client.id"), nullable=False),
        Column("part", String, nullable=False),
        Column("read_at", Instant, nullable=False),
    )
    make_append_only({"reading": ("id",)})
    isolate({"reading": OWN}, written_by_callers=["reading"])
