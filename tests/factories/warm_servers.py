"""Servers that start in an instant, because they are forked off a process that has read everything already."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException

from bureau.settings import Settings
from tests.factories.server_process import READY_SECONDS, free_port


class WarmServer:
    """One home served on a port of its own."""

    def __init__(self, forge: "Forge", settings: Settings) -> None:
        self.port, self._forge = free_port(), forge
        self.base = f"http://127.0.0.1:{self.port}"
        self._pid = int(forge.ask(self.port, settings))
        self._alive = True

    def wait(self) -> None:
        """Return when /readyz answers."""
        until = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            assert time.monotonic() < until, "the server did not become ready: see server.log in its home"
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=READY_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """End it as a power cut would: nothing of it runs any more. A dead one stays dead."""
        if self._alive:
            self._alive = False
            os.kill(self._pid, signal.SIGKILL)
            assert self._forge.hear() == "ended"


class Forge:
    """Starts servers, one at a time."""

    def __init__(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "tests.factories.server_forge"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, port: int, settings: Settings) -> str:
        given = settings.model_dump(mode="json", include={"home", "database_url", "today"})
        if settings.secret_key is not None:
            given["secret_key"] = settings.secret_key.get_secret_value()
        asked = {"port": port, "settings": given, "log": str(settings.home / "server.log")}
        assert self.process.stdin
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    @contextmanager
    def serving(self, settings: Settings) -> Iterator[WarmServer]:
        """A ready server, which the block may kill; afterwards it is dead."""
        server = WarmServer(self, settings)
        try:
            server.wait()
            yield server
        finally:
            server.kill()


@contextmanager
def forging() -> Iterator[Forge]:
    """A forge and, at the end, nothing of it."""
    forge = Forge()
    try:
        yield forge
    finally:
        forge.process.kill()
        forge.process.wait()
