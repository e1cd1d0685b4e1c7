"""A real server: its own process, started with the command, killed without a warning."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from bureau.settings import Settings

READY_SECONDS = 60


class ServerProcess:
    """`bureau serve` for one home on a port of its own."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        environment = os.environ | environment_of(settings)
        command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", str(port)]
        self.log = (settings.home / "server.log").open("ab")
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, env=environment, stdout=self.log, stderr=self.log)

    def wait(self) -> float:
        """Seconds from the start until /readyz answered."""
        while time.monotonic() < self.started + READY_SECONDS:
            assert self.process.poll() is None, "the server ended: see server.log in its home"
            try:
                if httpx.get(f"{self.base}/readyz", timeout=5).status_code == 200:
                    return time.monotonic() - self.started
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not become ready")

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs any more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()


@contextmanager
def serving(settings: Settings, port: int | None = None) -> Iterator[ServerProcess]:
    """A ready server; killed at the end if it still runs."""
    server = ServerProcess(settings, port or free_port())
    try:
        server.wait()
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as a process of its own reads them."""
    environment = {"BUREAU_HOME": str(settings.home), "BUREAU_TODAY": str(settings.today)}
    if settings.database_url is not None:
        environment["BUREAU_DATABASE_URL"] = settings.database_url
    if settings.secret_key is not None:
        environment["BUREAU_SECRET_KEY"] = settings.secret_key.get_secret_value()
    return environment


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
