"""Who uses a client, where that is said; the algorithms of the two signatures of a statement, beside them."""

from alembic import op
from sqlalchemy import Column, String

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; empty in what was written before, whose acts are over what it held then."""
    op.add_column("client", Column("person", String))
    for table in ("statement", "statement_signature"):
        op.add_column(table, Column("signature_alg", String))
