"""An empty ledger database with one session."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.database import open_ledger_database
from bureau.db import transaction


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_ledger_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    with transaction(engine) as opened:
        yield opened
    engine.dispose()
