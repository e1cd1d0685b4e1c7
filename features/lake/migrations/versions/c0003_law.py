"""Marks of records, endings of their use, certificates of erasure, and the de-identified archive."""

import sqlalchemy as sa
from alembic import op

revision = "c0003"
down_revision = "c0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_mark",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("until_day", sa.Date),
        sa.Column("basis", sa.Text),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "record_ending",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("batch_no", sa.Integer, sa.ForeignKey("lake_batch.id"), nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False, index=True),
    )
    op.create_table(
        "erasure_certificate",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
    )
    op.create_table(
        "archive_file",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False, index=True),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
    )


def downgrade() -> None:
    for table in ("archive_file", "erasure_certificate", "record_ending", "record_mark"):
        op.drop_table(table)
