"""The migrations give exactly the tables the code declares; one server serves a home."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from api.database import (
    MIGRATIONS,
    VERSION_TABLE,
    claim_ledger,
    open_ledger_database,
    present_revision,
)
from api.tables import LedgerTable
from bureau.db import newest_revision, open_engine
from bureau.errors import StateConflict
from tests.factories.ledger import sqlite_ledger
from tests.factories.postgres import postgres_url

__all__ = ["postgres_url"]

ROOT = Path(__file__).parents[2]
SERVE = """
import sys, time
from pathlib import Path
from api.database import claim_ledger
with claim_ledger(Path(sys.argv[1])):
    print("serving", flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        address: str = request.getfixturevalue("postgres_url")
        return address
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def test_the_migrations_give_the_declared_tables(url: str) -> None:
    for path in ROOT.glob("api/*/tables.py"):
        import_module(f"api.{path.parent.name}.tables")
    engine = open_ledger_database(url)
    with engine.connect() as connection:
        asked = {"version_table": VERSION_TABLE, "compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=asked)
        assert compare_metadata(context, LedgerTable.metadata) == []
    engine.dispose()


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The queue's tables are procrastinate's."""
    return kind != "table" or not (name or "").startswith("procrastinate_")


def test_opening_is_upgrading_and_twice_changes_nothing(url: str) -> None:
    engine = open_engine(url)
    assert present_revision(engine, VERSION_TABLE) is None
    for _ in range(2):
        open_ledger_database(url).dispose()
        assert present_revision(engine, VERSION_TABLE) == newest_revision(MIGRATIONS)
    engine.dispose()


def test_one_at_the_newest_migration_opens_beside_whoever_writes(tmp_path: Path) -> None:
    url = sqlite_ledger(tmp_path)
    with closing(sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        open_ledger_database(url).dispose()


def test_processes_that_open_a_new_database_together_migrate_it_once(url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", f"from api.database import *; open_ledger_database({url!r})"], cwd=ROOT
            )
            for _ in range(3)
        ]
        assert list(pool.map(subprocess.Popen.wait, processes)) == [0, 0, 0]


def test_a_second_server_of_a_home_is_refused(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", SERVE, tmp_path], cwd=ROOT, stdout=subprocess.PIPE) as server,
    ):
        assert server.stdout
        assert server.stdout.readline() == b"serving\n"
        with pytest.raises(StateConflict, match=f"process {server.pid}"), claim_ledger(tmp_path):
            pass
        with claim_ledger(tmp_path / "another home"):
            pass
        server.kill()
    with claim_ledger(tmp_path):  # a killed server leaves no lock behind
        pass
    with claim_ledger(tmp_path):
        pass
