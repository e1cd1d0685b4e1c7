"""Books on both databases: each test that takes `books` runs on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.ledger import Books, open_books, sqlite_ledger
from tests.factories.postgres import postgres_ledger_url

__all__ = ["postgres_ledger_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty ledger."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_ledger_url")
        return url
    return sqlite_ledger(tmp_path)


@pytest.fixture
def books(ledger_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = open_books(ledger_url, tmp_path)
    yield opened
    opened.ledger.close()
    opened.engine.dispose()
