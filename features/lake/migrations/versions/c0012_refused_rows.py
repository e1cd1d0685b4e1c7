"""How many rows of a delivery broke their contract, those that waited already among them; not known of those so far."""

import sqlalchemy as sa
from alembic import op

revision = "c0012"
down_revision = "c0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lake_batch", sa.Column("refused", sa.Integer))


def downgrade() -> None:
    op.drop_column("lake_batch", "refused")
