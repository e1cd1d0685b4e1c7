"""The ledger database at the newest migration, and the lock that keeps a second server out of a home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.checkpointing import checkpoint_late
from api.tenancy import EVERYONE, require_restricted_role, seen_by, tell_database
from api.write_queue import queue_writers
from bureau.db import open_engine, revision_of, transaction, upgrade
from bureau.errors import StateConflict

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version_ledger"


def open_ledger_database(url: str) -> Engine:
    """The engine of the ledger, brought to the newest migration; it sees everybody's rows (`api.tenancy`).

    Raises `SourceDown` where the database cannot be opened, or would not keep institutions apart.
    """
    engine = open_engine(url)
    checkpoint_late(engine)
    upgrade(engine, MIGRATIONS, version_table=VERSION_TABLE)
    with engine.connect() as connection:
        require_restricted_role(connection)
    tell_database(engine)
    queue_writers(engine)
    return seen_by(engine, EVERYONE)


@contextmanager
def ledger_transaction(url: str) -> Iterator[Session]:
    """One unit of work of a command on the ledger's database, which is closed again afterwards."""
    engine = open_ledger_database(url)
    try:
        with transaction(engine) as session:
            yield session
    finally:
        engine.dispose()


def present_revision(engine: Engine, version_table: str) -> str | None:
    """The migration a database is at; None before the first."""
    with engine.connect() as connection:
        return revision_of(connection, version_table)


@contextmanager
def claim_ledger(home: Path) -> Iterator[None]:
    """Be the one server of a home on SQLite until the block ends; raises `StateConflict` for a second.

    Commands need no claim: they write short transactions beside a server. The lock is the kernel's, so a
    killed server leaves none behind.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "ledger.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            file.seek(0)
            raise StateConflict(
                f"Another server (process {file.read() or 'unknown'}) serves the home {home}. Stop it, or set "
                "BUREAU_DATABASE_URL to PostgreSQL, which takes many."
            ) from problem
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
