"""Deliveries that were written again without erased records: what is still to be put in place, and what each was."""

import sqlalchemy as sa
from alembic import op

revision = "c0013"
down_revision = "c0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rewritten_delivery",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256_before", sa.Text, nullable=False),
        sa.Column("sha256_after", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("replaced", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rewritten_delivery")
