"""Institutions of test mode: a twin of a bank's own, whose clients ask about sample enterprises alone."""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those of before are live."""
    op.add_column("institution", Column("test", Boolean, nullable=False, server_default=false()))
