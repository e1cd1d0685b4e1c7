"""The Spark session of one computation, or of as many as its opener wants."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bureau.errors import InvalidInput
from features.engine.spark.machine import check_master, is_here, is_standalone, spark_missing

LOCAL = "local[2]"
"""Both cores of this machine: the master where none is named."""

Session = Any
"""A `pyspark.sql.SparkSession`; pyspark may be absent."""

_LOGGING = Path(__file__).with_name("log4j2.properties")
_SETTINGS = {
    # A wrong cast or a sum too large stops the query. Double quotes are names, as in DuckDB.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    # A bucket is one partition from its files to its answer, so there is nothing to shuffle or to adapt.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
    # Hundreds of aggregates of one feed make methods longer than Java compiles.
    "spark.sql.codegen.wholeStage": "false",
    # The whole city is asked for.
    "spark.driver.maxResultSize": "0",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
}
PATIENCE_SECONDS = 60
_LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


@contextmanager
def spark_session(master: str = LOCAL) -> Iterator[Session]:
    """A session at a master, stopped at the end; inside another it is that one, wherever it runs.

    Memory, cores and the like are those of `spark-defaults.conf`.
    Raises `InvalidInput` where this machine cannot run Spark or the master cannot be reached.
    """
    if missing := spark_missing():
        raise InvalidInput(missing)
    if (running := _running()) is not None:
        yield running
        return
    check_master(master)
    session = _start(master)
    try:
        _await_workers(session, master)
        yield session
    finally:
        session.stop()


def _await_workers(session: Session, master: str) -> None:
    """Raise `InvalidInput` where a standalone master has no worker to give: Spark itself would wait without a word."""
    workers = session.sparkContext._jsc.sc().getExecutorMemoryStatus
    deadline = time.monotonic() + PATIENCE_SECONDS
    while is_standalone(master) and workers().size() < 2:  # this process is counted among them
        if time.monotonic() > deadline:
            raise InvalidInput(
                f"The Spark master at BUREAU_SPARK_MASTER={master} has no worker to give: "
                "start one with a free core and 1 GB, or end what holds them."
            )
        time.sleep(0.1)


def _running() -> Session | None:
    """The session of this process; a thread of its own has none that Spark calls active."""
    from pyspark.sql import SparkSession

    session = SparkSession._instantiatedSession
    return session if session is not None and session._sc._jsc is not None else None


def _start(master: str) -> Session:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    if not is_here(master):
        os.environ.pop("SPARK_LOCAL_IP", None)  # pandera says 127.0.0.1 here, where workers elsewhere find nobody
    builder = SparkSession.builder.master(master).appName("bureau")
    for name, value in (_SETTINGS | (_LOOPBACK if is_here(master) else {})).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (Py4JError, PySparkException) as problem:
        raise InvalidInput(f"Spark cannot start at BUREAU_SPARK_MASTER={master}: {_said(problem)}") from problem


def _said(problem: Exception) -> str:
    """The reason in a Java error: its text goes on with a page of calls."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    told = [line.partition(":")[2].strip() for line in lines if line.startswith(("org.", "java."))]
    return (told or lines or ["it does not say why."])[0]
