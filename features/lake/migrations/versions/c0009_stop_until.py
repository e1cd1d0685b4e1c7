"""Whose delivery a stop refused and when it was made, and who let the feed go on; nothing is known of earlier stops."""

import sqlalchemy as sa
from alembic import op

revision = "c0009"
down_revision = "c0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed_stop", sa.Column("publisher", sa.Text))
    op.add_column("feed_stop", sa.Column("produced_at", sa.BigInteger))
    op.add_column("feed_stop", sa.Column("acknowledged_at", sa.BigInteger))


def downgrade() -> None:
    for column in ("publisher", "produced_at", "acknowledged_at"):
        op.drop_column("feed_stop", column)
