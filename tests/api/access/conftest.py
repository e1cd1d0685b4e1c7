"""An empty ledger database with one session."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bureau.db import open_engine, transaction
from tests.factories.ledger import sqlite_ledger


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(sqlite_ledger(tmp_path))
    with transaction(engine) as opened:
        yield opened
    engine.dispose()
