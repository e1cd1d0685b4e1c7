"""Cells and reasons of waiting rows as bytes, so that new ones are packed; those so far stay the bytes of their text.

Code from before reads no packed row, so all that write to a catalogue are brought up to date together.
"""

import sqlalchemy as sa
from alembic import op

from features.lake.packing import unpack

revision = "c0011"
down_revision = "c0010"
branch_labels = None
depends_on = None

_COLUMNS = ("cells", "reason")


def upgrade() -> None:
    with op.batch_alter_table("quarantined_row") as table:
        for column in _COLUMNS:
            as_bytes = f"convert_to({column}, 'UTF8')"
            table.alter_column(column, type_=sa.LargeBinary, existing_nullable=False, postgresql_using=as_bytes)


def downgrade() -> None:
    bind = op.get_bind()
    held = sa.table("quarantined_row", sa.column("id"), *map(sa.column, _COLUMNS))
    for row in bind.execute(sa.select(held)).all():
        plain = {column: unpack(getattr(row, column)).encode() for column in _COLUMNS}
        bind.execute(sa.update(held).where(held.c.id == row.id).values(plain))
    with op.batch_alter_table("quarantined_row") as table:
        for column in _COLUMNS:
            as_text = f"convert_from({column}, 'UTF8')"
            table.alter_column(column, type_=sa.Text, existing_nullable=False, postgresql_using=as_text)
