"""How the features a product may read were defined when it answered."""

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Calls of before have none: they say only by which model they were answered."""
    op.add_column("call", Column("definition_hash", LargeBinary))
