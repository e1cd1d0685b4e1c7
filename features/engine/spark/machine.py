"""Whether this machine can start Spark, and whether a master can be reached."""

import os
import re
import shutil
import socket
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bureau.errors import InvalidInput

OLDEST_JAVA = 17
_PATIENCE_SECONDS = 5
_STANDALONE = "spark://"


@cache
def spark_missing() -> str | None:
    """What to do before Spark can run on this machine; None where it can."""
    if find_spec("pyspark") is None:
        return "Spark is not installed: run make spark where bureau was set up."
    java = _java()
    if java is None:
        return f"Spark needs Java {OLDEST_JAVA} or newer and there is none: install one, or set JAVA_HOME."
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603  # found on PATH
    if java_version(said) < OLDEST_JAVA:
        return f"Spark needs Java {OLDEST_JAVA} or newer: {java} is older; set JAVA_HOME to a newer one."
    return None


def java_version(said: str) -> int:
    """The number of a Java from what `java -version` says; 0 where it says nothing of the kind."""
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def check_master(master: str) -> None:
    """Raise `InvalidInput` where no standalone master answers: Spark itself would try for minutes."""
    if not is_standalone(master):
        return
    places = master.removeprefix(_STANDALONE).split(",")
    if not any(_answers(place) for place in places):
        raise InvalidInput(f"No Spark master answers at BUREAU_SPARK_MASTER={master}: start it, or unset the setting.")


def is_standalone(master: str) -> bool:
    """Whether a master is Spark's own, and not a thread pool here or another system's."""
    return master.startswith(_STANDALONE)


def is_here(master: str) -> bool:
    """Whether Spark stays on this machine, so that it need not be reached from any other."""
    hosts = [place.rpartition(":")[0] for place in master.removeprefix(_STANDALONE).split(",")]
    return master.startswith("local") or all(host in ("127.0.0.1", "localhost") for host in hosts)


def _answers(place: str) -> bool:
    host, _, port = place.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), _PATIENCE_SECONDS):
            return True
    except (OSError, ValueError, OverflowError):
        return False
