"""Keyed hashes of erased records, so that a delivery cannot bring one back; those of certificates so far."""

import json

import sqlalchemy as sa
from alembic import op

revision = "c0008"
down_revision = "c0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    erased = op.create_table(
        "erased_record",
        sa.Column("feed", sa.Text, primary_key=True),
        sa.Column("record_hash", sa.Text, primary_key=True),
        sa.Column("certificate", sa.Integer, sa.ForeignKey("erasure_certificate.id"), nullable=False),
    )
    told = op.get_bind().execute(sa.text("SELECT id, feed, body FROM erasure_certificate ORDER BY id")).all()
    first = {(feed, one): number for number, feed, body in reversed(told) for one in json.loads(body)["record_hashes"]}
    rows = [{"feed": feed, "record_hash": one, "certificate": number} for (feed, one), number in first.items()]
    if rows:
        op.bulk_insert(erased, rows)


def downgrade() -> None:
    op.drop_table("erased_record")
