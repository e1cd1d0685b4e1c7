"""A private Redis for one test, listening on a socket alone; the test is skipped where Redis is not installed.

A conftest or module imports the fixture it wants: `from tests.factories.redis import redis_server`.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

READY_SECONDS = 20


class RedisServer:
    """One running server; `stop` ends it as a crash would."""

    def __init__(self, program: str, folder: Path) -> None:
        self._socket = folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        words = ("--port", "0", "--unixsocket", self._socket, "--save", "", "--dir", folder)
        self._process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                Redis(unix_socket_path=str(self._socket)).ping()
                return
            except RedisError:
                time.sleep(0.05)
        raise AssertionError("Redis did not start")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on PATH")
    folder = Path(tempfile.mkdtemp(prefix="redis-"))  # short: a socket's path has at most 107 bytes
    server = RedisServer(program, folder)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
