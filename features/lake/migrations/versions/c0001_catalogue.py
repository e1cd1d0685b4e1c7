"""The catalogue's first tables: snapshots, enterprises, links, batches, manifest, quarantine, settings."""

import sqlalchemy as sa
from alembic import op

revision = "c0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lake_snapshot",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("feed", sa.Text),
    )
    op.create_table(
        "enterprise",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("uscc", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text),
        sa.Column("name_version", sa.Integer, nullable=False),
        sa.Column("name_known_at", sa.BigInteger, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
    )
    op.create_table(
        "enterprise_alias",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, index=True),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id"), nullable=False),
        sa.Column("known_at", sa.BigInteger, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
        sa.UniqueConstraint("key", "enterprise_id"),
    )
    op.create_table(
        "record_link",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, nullable=False, index=True),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id"), nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("known_from", sa.BigInteger, nullable=False),
        sa.Column("known_to", sa.BigInteger),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
        sa.Column("ended_in", sa.Integer, sa.ForeignKey("lake_snapshot.id")),
        sa.UniqueConstraint("key", "enterprise_id", "known_from"),
    )
    op.create_table(
        "lake_batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("publisher", sa.Text, nullable=False),
        sa.Column("produced_at", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("history", sa.Boolean, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("landed", sa.Integer, nullable=False),
        sa.Column("quarantined", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Integer, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False, index=True),
        sa.UniqueConstraint("feed", "batch_id", "sha256"),
    )
    op.create_table(
        "lake_file",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("bucket", sa.Integer),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("min_known", sa.BigInteger),
        sa.Column("max_known", sa.BigInteger),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
        sa.Column("removed_in", sa.Integer, sa.ForeignKey("lake_snapshot.id")),
    )
    op.create_table(
        "quarantined_row",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("batch_no", sa.Integer, sa.ForeignKey("lake_batch.id"), nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
        sa.Column("row_hash", sa.BigInteger, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("added_in", sa.Integer, sa.ForeignKey("lake_snapshot.id"), nullable=False),
        sa.Column("settled_in", sa.Integer, sa.ForeignKey("lake_snapshot.id")),
        sa.UniqueConstraint("feed", "row_hash"),
    )
    op.create_table(
        "lake_setting",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "lake_setting",
        "quarantined_row",
        "lake_file",
        "lake_batch",
        "record_link",
        "enterprise_alias",
        "enterprise",
        "lake_snapshot",
    ):
        op.drop_table(table)
