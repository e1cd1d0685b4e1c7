"""Every stored digest and signature says what it was made with, in its column's name or in a column beside it."""

from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, Table

from api.audit.suites import HASHES, digest_name
from api.tables import LedgerTable

API = Path(__file__).parents[3] / "api"
for _path in API.glob("*/tables.py"):
    import_module(f"api.{_path.parent.name}.tables")

RAW = {("answer", "sealed"), ("webhook", "sealed_secret"), ("statement", "body")}
"""Bytes that are no digest: what is sealed names its key's version itself (`api.vault`)."""
NAMES = tuple(digest_name(name) for name in HASHES)


@pytest.mark.parametrize("table", LedgerTable.metadata.tables.values(), ids=lambda table: table.name)
def test_what_made_a_digest_or_a_signature_is_named(table: Table) -> None:
    for column in table.columns:
        if column.name == "jws":
            assert "signature_alg" in table.columns, table.name
        elif isinstance(column.type, LargeBinary) and (table.name, column.name) not in RAW:
            assert column.name.endswith(NAMES) or "hash_alg" in table.columns or "signature_alg" in table.columns
