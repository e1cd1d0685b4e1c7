"""Failures that left no row, as evidence: added to and never changed, each an act."""

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String, Table, select, text

from api.audit.acts import enter_records, written_key
from api.migrations.append_only import make_append_only
from api.migrations.isolation import OWN, isolate
from bureau.db import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = ("institution_id", "minute", "test", "product_code", "problem_code", "number")


def upgrade() -> None:
    """Make the table anew, with a number in its key; what it held is entered as it was counted until now."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":  # row-level security binds the tables' owner as well
        connection.execute(text("SELECT set_config('bureau.everyone', 'on', true)"))
    before = Table("failed_minute", MetaData(), *_columns(), Column("requests", Integer))
    rows = [dict(row) | {"number": 0} for row in connection.execute(select(before)).mappings()]
    op.drop_table("failed_minute")
    number = Column("number", Integer, primary_key=True, autoincrement=False)
    made = op.create_table("failed_minute", *_columns(), number, Column("requests", Integer, nullable=False))
    make_append_only({"failed_minute": (", ".join(_KEY),)})
    isolate({"failed_minute": OWN})
    if rows:
        op.bulk_insert(made, rows)
        enter_records(connection, [("failed_minute", written_key(row[key] for key in _KEY), row) for row in rows])


def _columns() -> list[Column]:  # type: ignore[type-arg]
    return [
        Column("institution_id", Integer, ForeignKey("institution.id"), primary_key=True),
        Column("minute", Instant, primary_key=True, autoincrement=False),
        Column("test", Boolean, primary_key=True),
        Column("product_code", String, primary_key=True),
        Column("problem_code", String, primary_key=True),
    ]
