"""A server process of its own for one home: started, waited for, stopped."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx

from bureau.errors import InvalidInput, SourceDown

START_SECONDS = 300
"""Until a server that runs and does not answer is given up: the first on a machine compiles before it does."""


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def require_free(port: int, host: str = "127.0.0.1") -> None:
    """Raises `InvalidInput` where another program listens: it would be taken for the server that could not start."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: one just stopped takes no port
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise InvalidInput(
                f"Port {port} is taken: stop the server that listens there, or use --no-serve."
            ) from problem


@dataclass(frozen=True)
class Server:
    """A running server and where it answers."""

    base: str
    process: "subprocess.Popen[bytes]"


@contextmanager
def served(home: Path, today: date, port: int) -> Iterator[Server]:
    """`bureau serve` for a home, ready to be called; the process is stopped when the block ends.

    Raises `SourceDown` with the server's own last words when it does not become ready.
    """
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
    log = home / "server.log"
    environment = os.environ | {"BUREAU_HOME": str(home), "BUREAU_TODAY": today.isoformat()}
    with log.open("wb") as words, subprocess.Popen(command, env=environment, stdout=words, stderr=words) as process:  # noqa: S603
        try:
            _wait(process, base, log)
            yield Server(base, process)
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", base: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False) as http:  # a proxy does not lead to this machine
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(httpx.TransportError):
                if http.get(f"{base}/readyz", timeout=2).status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)
    said = log.read_text("utf-8", "replace").strip().splitlines()[-1:]
    silent = "it said nothing" if process.poll() is not None else f"it did not answer within {START_SECONDS} seconds"
    raise SourceDown(f"The server did not start: {' '.join(said) or silent} (all of it in {log}).")
