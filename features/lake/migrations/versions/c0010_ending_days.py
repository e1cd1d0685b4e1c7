"""From which days on a delivery ended the use of records; not known of endings so far."""

import sqlalchemy as sa
from alembic import op

revision = "c0010"
down_revision = "c0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_ending", sa.Column("first_day", sa.Date))
    op.add_column("record_ending", sa.Column("last_day", sa.Date))


def downgrade() -> None:
    for column in ("first_day", "last_day"):
        op.drop_column("record_ending", column)
