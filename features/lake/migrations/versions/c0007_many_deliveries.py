"""Indexes for a catalogue of many thousand deliveries: the files still there, and each feed's newest arrival."""

from alembic import op

revision = "c0007"
down_revision = "c0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_lake_file_standing", "lake_file", ["removed_in", "feed", "kind"])
    op.create_index("ix_lake_batch_received", "lake_batch", ["feed", "received_at", "added_in"])


def downgrade() -> None:
    op.drop_index("ix_lake_batch_received", "lake_batch")
    op.drop_index("ix_lake_file_standing", "lake_file")
