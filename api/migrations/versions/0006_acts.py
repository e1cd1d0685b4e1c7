"""The chain of acts: evidence of terms, payments, statements, agreements and reconciliations."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, String, text

from api.audit.acts import enter_records, written_key
from api.migrations.append_only import make_append_only
from api.migrations.isolation import isolate
from bureau.db import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


_WRITTEN_BY_NO_CALL = {
    "contract_proposal": (("id",), "true"),
    "contract_version": (("id",), "true"),
    "wallet_entry": (("posting", "account"), "posting LIKE 'payment:%'"),
    "statement": (("institution_id", "month"), "true"),
    "statement_signature": (("institution_id", "month"), "true"),
    "reconciliation": (("id",), "true"),
}
"""Their keys, and which rows of them."""


def upgrade() -> None:
    """Create the chain, and enter what was written before it."""
    op.create_table(
        "audit_act",
        Column("number", BigInteger, primary_key=True, autoincrement=False),
        Column("table_name", String, nullable=False),
        Column("row_key", String, nullable=False),
        Column("hash_alg", String, nullable=False),
        Column("record_digest", LargeBinary, nullable=False),
        Column("head", LargeBinary, nullable=False),
    )
    op.create_table(
        "audit_act_head",
        Column("size", BigInteger, primary_key=True, autoincrement=False),
        Column("head", LargeBinary, nullable=False),
        Column("signature_alg", String, nullable=False),
        Column("signed_at", Instant, nullable=False),
        Column("jws", String, nullable=False),
    )
    make_append_only({"audit_act": ("number",), "audit_act_head": ("size",)})
    isolate({}, written_by_callers=["audit_act"], shared=["audit_act", "audit_act_head"])
    enter_records(op.get_bind(), list(_rows_of_before()))


def _rows_of_before() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """As the database holds them, table by table: table, key, columns."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":  # row-level security binds the tables' owner as well
        connection.execute(text("SELECT set_config('bureau.everyone', 'on', true)"))
    for table, (keys, condition) in _WRITTEN_BY_NO_CALL.items():
        query = f'SELECT * FROM "{table}" WHERE {condition} ORDER BY {", ".join(keys)}'
        for row in connection.execute(text(query)).mappings():
            yield table, written_key(row[key] for key in keys), dict(row) | _terms(row)


def _terms(row: Mapping[Any, Any]) -> dict[str, Any]:
    """SQLite gives JSON as its text."""
    return {"terms": json.loads(row["terms"])} if isinstance(row.get("terms"), str) else {}
