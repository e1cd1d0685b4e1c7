"""Keys by which a source names an enterprise may end: no registration brings them any more."""

import sqlalchemy as sa
from alembic import op

revision = "c0014"
down_revision = "c0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enterprise_alias", sa.Column("ended_in", sa.Integer))


def downgrade() -> None:
    op.drop_column("enterprise_alias", "ended_in")
