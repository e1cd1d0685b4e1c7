"""Numbers from before the codes, by which records without a code find their enterprise."""

import sqlalchemy as sa
from alembic import op

revision = "c0006"
down_revision = "c0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enterprise_number",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id"), nullable=False, index=True),
        sa.Column("borne_from", sa.Date, nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False, index=True),
        sa.UniqueConstraint("key", "kind", "enterprise_id"),
    )


def downgrade() -> None:
    op.drop_table("enterprise_number")
