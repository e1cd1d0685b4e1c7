"""Databases: SQLite as a file with full durability, PostgreSQL by address; one type for instants on both."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    SQLColumnExpression,
    create_engine,
    event,
    type_coerce,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from bureau.clock import SHANGHAI, from_micros, to_micros
from bureau.errors import InvalidInput, SourceDown

_upgrading = Lock()

UNREACHABLE = (
    OperationalError,
    InterfaceError,
    DisconnectionError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
)
"""The database itself, and not what it was asked: gone, locked or full. The drivers' own where SQLAlchemy only passes
them on, as while it connects or begins."""
DAY_MICROS = 86_400_000_000
_AHEAD_MICROS = int(SHANGHAI.utcoffset(None).total_seconds()) * 1_000_000


class Instant(TypeDecorator[datetime]):
    """An instant as UTC microseconds in a 64-bit integer: the same value, order and precision on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy asks so
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy asks so
        return None if value is None else from_micros(value)


def legal_day(instant: SQLColumnExpression[datetime]) -> ColumnElement[int]:
    """Within a query: the legal day on which a stored instant falls, in days since 1970."""
    return local_micros(instant) // DAY_MICROS


def local_micros(instant: SQLColumnExpression[datetime]) -> ColumnElement[int]:
    """Within a query: a stored instant as microseconds since 1970 by the clock of Shanghai."""
    return type_coerce(instant, BigInteger) + _AHEAD_MICROS


def open_engine(url: str) -> Engine:
    """An engine for an address. SQLite: WAL, synchronous=FULL, foreign keys, writers wait up to 30 s.

    An error quotes no parameter of its statement: a log would name enterprises.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise InvalidInput(f"BUREAU_DATABASE_URL is not a database address: {url!r}.") from problem
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=10, pool_pre_ping=True, hide_parameters=True
        )
    raise InvalidInput(f"BUREAU_DATABASE_URL must name SQLite or PostgreSQL, not {parsed.get_backend_name()!r}.")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def upgrade(engine: Engine, migrations: Path, *, version_table: str) -> None:
    """Bring a database to the newest migration of one folder. Doing it twice changes nothing, and waits for nobody.

    Raises `SourceDown` where the database cannot be opened.
    """
    with _opened(engine) as connection:
        if revision_of(connection, version_table) == newest_revision(migrations):
            return
    config = Config()
    config.set_main_option("script_location", str(migrations))
    with _opened(engine) as connection:
        config.attributes.update(connection=connection, version_table=version_table)
        with _upgrading:  # Alembic keeps what it works on in a module: one thread at a time
            command.upgrade(config, "head")


def revision_of(connection: Connection, version_table: str) -> str | None:
    """The migration a database is at; None before the first."""
    return MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_revision()


def newest_revision(migrations: Path) -> str | None:
    """The last migration of a folder."""
    return _newest(migrations, tuple(sorted(path.name for path in migrations.glob("versions/*.py"))))


@cache
def _newest(migrations: Path, _named: tuple[str, ...]) -> str | None:
    # Alembic reads every migration to tell the last, which takes longer than opening a database.
    return ScriptDirectory(str(migrations)).get_current_head()


@contextmanager
def _opened(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except OperationalError as problem:
        address = engine.url.render_as_string(hide_password=True)
        reason = str(problem.orig).strip().splitlines()[0]
        raise SourceDown(f"The database {address} cannot be opened ({reason}). Check BUREAU_DATABASE_URL.") from problem
    with connection, connection.begin():
        yield connection


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One unit of work: committed when the block ends, rolled back when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session
