"""Sessions and a cluster of Spark on this machine, from pyspark's own programs; skipped where there is none.

A test module imports the fixtures it wants. Where SPARK_REQUIRED is set, as in CI, nothing is skipped: there a machine
on which Spark cannot run fails.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from bureau.errors import InvalidInput
from features.engine.spark.machine import check_master, spark_missing
from features.engine.spark.session import Session, spark_session


def is_left_out(missing: str | None, environment: Mapping[str, str]) -> bool:
    """Whether tests of Spark are skipped. missing: what this machine lacks."""
    return missing is not None and not environment.get("SPARK_REQUIRED")


needs_spark = pytest.mark.skipif(is_left_out(spark_missing(), os.environ), reason=str(spark_missing()))
_PATIENCE_SECONDS = 120
_LISTENING = ("--host", "127.0.0.1", "--webui-port", "0")
# A test ends before what Java would compile most thoroughly has paid.
os.environ.setdefault("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
os.environ.setdefault("SPARK_DAEMON_JAVA_OPTS", os.environ["SPARK_SUBMIT_OPTS"])


@pytest.fixture(scope="module")
def spark() -> Iterator[Session]:
    """A session on this machine, which what computes inside finds open."""
    with spark_session() as session:
        yield session


@contextmanager
def master_alone(folder: Path) -> Iterator[str]:
    """The address of a master of its own on loopback, without a worker."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    with _program(folder / "master.log", "master.Master", *_LISTENING, "--port", str(port)):
        _await(master)
        yield master


@contextmanager
def workers_of(master: str, folder: Path, workers: int) -> Iterator[None]:
    """Some workers of one core beside a master."""
    with ExitStack() as running:
        for number in range(workers):
            work = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work-{number}"))
            running.enter_context(_program(folder / f"{number}.log", "worker.Worker", *_LISTENING, *work, master))
        yield


@contextmanager
def _program(log: Path, name: str, *arguments: str) -> Iterator[None]:
    package = find_spec("pyspark")
    assert package is not None
    assert package.origin is not None
    command = [str(Path(package.origin).parent / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *arguments]
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("w") as written, subprocess.Popen(command, stdout=written, stderr=written, env=environment) as one:
        try:
            yield
        finally:
            one.terminate()


def _await(master: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return check_master(master)
        except InvalidInput:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
