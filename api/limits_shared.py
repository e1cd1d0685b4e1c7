"""The Redis in which several server processes keep their limits together, and how many of them there are."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import cast
from uuid import uuid4

from redis import Redis
from redis.exceptions import RedisError
from throttled import RedisStore
from throttled.exceptions import BaseThrottledError

UNREACHABLE = (BaseThrottledError, RedisError, OSError)
"""How a Redis that does not answer shows itself."""
UNSEEN = 4
"""As many processes a process supposes that has never reached Redis: its share is a quarter."""
EVERY_SECONDS = 5.0
"""How often a process says that it is there."""
_GONE_SECONDS = 60
_AVOID_SECONDS = 5.0
"""For how long a Redis that failed is not asked again."""
_WAITS = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
_PROCESSES = "bureau:processes"
_log = logging.getLogger("bureau.api")


class SharedLimits:
    """One Redis, asked by every limit of a process.

    processes: how many server processes used it when it last answered; the share of each while it does not.
    """

    def __init__(self, url: str) -> None:
        self.store = RedisStore(server=url, options={"CONNECTION_POOL_KWARGS": _WAITS})
        self.processes = UNSEEN
        self._redis = Redis.from_url(url, **_WAITS)
        self._name = uuid4().hex
        self._avoided_until = 0.0

    def is_asked(self) -> bool:
        """Whether it answered lately, or it is time to try again."""
        return time.monotonic() >= self._avoided_until

    def avoid(self, problem: Exception) -> None:
        """Ask it no more for some seconds."""
        self._avoided_until = time.monotonic() + _AVOID_SECONDS
        _log.warning("Redis does not answer (%s): each process keeps its share of the limits.", type(problem).__name__)

    @contextmanager
    def announced(self) -> Iterator[None]:
        """Be counted among the processes while the block runs."""
        ended = Event()

        def run() -> None:
            while True:
                try:
                    self.announce()
                except UNREACHABLE as problem:
                    self.avoid(problem)
                if ended.wait(EVERY_SECONDS):
                    return

        thread = Thread(target=run, name="limits", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            with suppress(*UNREACHABLE):
                self._redis.zrem(_PROCESSES, self._name)
            self._redis.close()

    def announce(self) -> None:
        """Say that this process is there, and count all that lately did. By the clock of Redis, which is one."""
        seconds = cast("tuple[int, int]", self._redis.time())[0]
        with self._redis.pipeline() as told:
            told.zadd(_PROCESSES, {self._name: seconds})
            told.zremrangebyscore(_PROCESSES, "-inf", seconds - _GONE_SECONDS)
            told.zcard(_PROCESSES)
            self.processes = max(1, int(told.execute()[-1]))
