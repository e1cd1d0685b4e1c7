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
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
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
    socket = _required_cluster()
    name, url = _new_schema(socket)
    yield url
    with psycopg.connect(host=socket, user="postgres", autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {name} CASCADE")


def served_database() -> str | None:
    """Where a served home of the tests keeps its databases: None stands for SQLite files in the home.

    With `BUREAU_TEST_DATABASE=postgresql` it is a schema of its own, so that the suite of the API runs on PostgreSQL.
    """
    if os.environ.get("BUREAU_TEST_DATABASE") != "postgresql":
        return None
    socket = private_cluster()
    assert socket is not None, MISSING
    return _new_schema(socket)[1]


def _required_cluster() -> str:
    """Where this run's server listens; without PostgreSQL's programs the test is skipped: it is a choice to install
    them, and the suite says so where they are missing."""
    socket = private_cluster()
    if socket is None:
        pytest.skip(MISSING)
    return socket


def _new_schema(socket: str) -> tuple[str, str]:
    """The name of an empty schema, and its address."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(host=socket, user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")  # 100 times quicker than a database of its own
    return name, f"postgresql+psycopg://postgres@/postgres?host={socket}&options=-csearch_path%3D{name}"


@dataclass(frozen=True)
class Login:
    """A login of the cluster that is no superuser, and the address at which it owns an empty schema."""

    name: str
    url: str
    socket: str

    def granted_by_administrator(self, statements: str) -> None:
        """Run as the database's superuser."""
        with psycopg.connect(host=self.socket, user="postgres", autocommit=True) as connection:
            connection.execute(statements)


@pytest.fixture
def postgres_login() -> Iterator[Login]:
    """A login without rights beyond its own schema; the test is skipped where PostgreSQL is not installed."""
    socket = _required_cluster()
    schema, url = _new_schema(socket)
    name = f"login_of_{schema}"
    login = Login(name, url.replace("//postgres@", f"//{name}@"), socket)
    login.granted_by_administrator(f"CREATE ROLE {name} LOGIN; ALTER SCHEMA {schema} OWNER TO {name}")
    yield login
    login.granted_by_administrator(f"DROP SCHEMA {schema} CASCADE; DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture
def postgres_ledger_url() -> str:
    """The address of an empty ledger: migrated once a run, wiped for each test."""
    socket = _required_cluster()
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
    if _programs() is None:
        return None
    cluster = Cluster()  # without fsync: tests kill our processes, not this one
    atexit.register(cluster.remove)
    cluster.start()
    return str(cluster.folder)


@contextlib.contextmanager
def own_cluster() -> Iterator["Cluster"]:
    """A cluster that may be killed, with fsync, and with the schema `ledger` in it; skips where there is none."""
    if _programs() is None:
        pytest.skip(MISSING)
    cluster = Cluster(fsync=True)
    try:
        cluster.start()
        with psycopg.connect(host=str(cluster.folder), user="postgres", autocommit=True) as connection:
            connection.execute("CREATE SCHEMA ledger")
        yield cluster
    finally:
        cluster.remove()


class Cluster:
    """One PostgreSQL with a folder of its own. No port: a socket in that folder, whose mode is 0700."""

    def __init__(self, *, fsync: bool = False) -> None:
        programs, self._account = _programs(), _account()
        assert programs is not None, MISSING
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has at most 107 bytes
        if self._account is not None:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=400"
        self._options += "" if fsync else " -c fsync=off"

    @property
    def url(self) -> str:
        """The address of its schema `ledger`."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}&options=-csearch_path%3Dledger"

    def start(self) -> None:
        """Return when it takes connections; after a kill, when it has recovered."""
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", self._options, "start")

    def kill(self) -> None:
        """End all its processes as a power cut would."""
        postmaster = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_runs(pid) for pid in (postmaster, *map(int, children))):
            time.sleep(0.01)
        for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):  # a dead one that nobody reaps counts as living
            (self.folder / lock).unlink()

    def remove(self) -> None:
        """Stop it and forget it."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self.folder / "data", *arguments],
            check=True,
            user=self._account and self._account.pw_name,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


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
