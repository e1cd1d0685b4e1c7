"""A private PostgreSQL for one test run, started from the programs on the machine and listening on no port.

A conftest imports the fixtures it wants: `from tests.factories.postgres import postgres_url`.
"""

import atexit
import contextlib
import functools
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from api.database import open_ledger_database

PROGRAMS = Path("/usr/lib/postgresql")
MISSING = f"no PostgreSQL server program (initdb, pg_ctl) on PATH or under {PROGRAMS}"
_numbers = itertools.count()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The address of an empty schema; the test is skipped where PostgreSQL is not installed."""
    socket = private_cluster()
    if socket is None:
        pytest.skip(MISSING)
    name = f"test_{next(_numbers)}"
    with psycopg.connect(host=socket, user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")  # 100 times quicker than a database of its own
        yield f"postgresql+psycopg://postgres@/postgres?host={socket}&options=-csearch_path%3D{name}"
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def postgres_ledger_url() -> str:
    """The address of an empty ledger: migrated once a run, wiped for each test."""
    socket = private_cluster()
    if socket is None:
        pytest.skip(MISSING)
    url = _migrated_ledger(socket)
    with psycopg.connect(host=socket, user="postgres", autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SET session_replication_role = replica")  # or the triggers would refuse
        tables = connection.execute(
            "SELECT quote_ident(tablename) FROM pg_tables "
            "WHERE schemaname = 'ledger' AND tablename NOT LIKE 'alembic_version%'"
        ).fetchall()
        listed = ", ".join(f"ledger.{table}" for (table,) in tables)
        connection.execute(f"TRUNCATE {listed} RESTART IDENTITY CASCADE")
    return url


@functools.cache
def _migrated_ledger(socket: str) -> str:
    url = f"postgresql+psycopg://postgres@/postgres?host={socket}&options=-csearch_path%3Dledger"
    with psycopg.connect(host=socket, user="postgres", autocommit=True) as connection:
        connection.execute("CREATE SCHEMA ledger")
    open_ledger_database(url).dispose()
    return url


@functools.cache
def private_cluster() -> str | None:
    """Start the run's one cluster; returns the folder of its socket. Stopped and removed when the run ends."""
    programs = _programs()
    if programs is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has at most 107 bytes
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    data, user = folder / "data", account and account.pw_name

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    def stop() -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    # No port, a socket in a folder of mode 0700. Without fsync: tests kill our processes, not this one.
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    atexit.register(stop)
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    return str(folder)


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl: the newest version installed."""
    versions = sorted(PROGRAMS.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    found = shutil.which("pg_ctl")
    folders = [*versions, Path(found).resolve().parent] if found else versions
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL does not run as root: another account then, `postgres` where there is one."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return None
