"""Between which record numbers a file's rows lie, so that a landing opens only files that can hold its records."""

import sqlalchemy as sa
from alembic import op

revision = "c0002"
down_revision = "c0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lake_file", sa.Column("min_record", sa.BigInteger))
    op.add_column("lake_file", sa.Column("max_record", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("lake_file", "max_record")
    op.drop_column("lake_file", "min_record")
