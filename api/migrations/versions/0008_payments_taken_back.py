"""Why a payment was taken back, beside the entry that does it."""

from alembic import op
from sqlalchemy import Column, String

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; empty in what was written before, whose acts are over what it held then."""
    op.add_column("wallet_entry", Column("reason", String))
