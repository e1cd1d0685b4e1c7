"""How often something may happen: GCRA in memory, or in Redis where several processes share a limit."""

import hashlib
import logging
import math
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from throttled import MemoryStore, RateLimitResult, RateLimitState, RedisStore, Throttled, per_duration
from throttled.exceptions import BaseThrottledError

_REMEMBERED = 100_000
"""Keys of a limit in memory: an attacker of many names pushes none out that matters for the minutes it counts."""
_WAIT_SECONDS = 0.2
_AVOID_SECONDS = 5.0
"""For how long a Redis that failed is not asked again."""
_log = logging.getLogger("bureau.api")


class Limit:
    """At most `burst` at once for a key, and afterwards `times` in each `period`.

    While Redis does not answer, each process keeps the limit by itself: never is it open.
    """

    def __init__(self, name: str, times: int, period: timedelta, burst: int, redis_url: str | None = None) -> None:
        quota = per_duration(period, times, burst)
        self._name, self._quota = name, quota
        self._local = Throttled(using="gcra", quota=quota, store=MemoryStore(options={"MAX_SIZE": _REMEMBERED}))
        self._shared = None if redis_url is None else Throttled(using="gcra", quota=quota, store=_redis(redis_url))
        self._avoided_until = 0.0

    def wait(self, key: str) -> int:
        """Whole seconds until one more is allowed; 0 where it is now. Counts nothing."""
        tolerated = (self._quota.burst - 1) * self._quota.emission_interval
        state: RateLimitState = self._asked(lambda limit, named: limit.peek(named), key)
        return max(0, math.ceil(state.reset_after - tolerated))

    def count(self, key: str) -> int:
        """Count one; the seconds to wait where it was one too many."""
        counted: RateLimitResult = self._asked(lambda limit, named: limit.limit(named), key)
        return math.ceil(counted.state.retry_after)

    def _asked(self, ask: Callable[[Throttled, str], Any], key: str) -> Any:
        named = f"{self._name}:{hashlib.sha256(key.encode()).hexdigest()}"
        if self._shared is not None and time.monotonic() >= self._avoided_until:
            try:
                return ask(self._shared, named)
            except (BaseThrottledError, OSError) as problem:
                self._avoided_until = time.monotonic() + _AVOID_SECONDS
                _log.warning("Redis does not answer (%s): each process keeps its limits.", type(problem).__name__)
        return ask(self._local, named)


def _redis(url: str) -> RedisStore:
    waits = {"socket_timeout": _WAIT_SECONDS, "socket_connect_timeout": _WAIT_SECONDS}
    return RedisStore(server=url, options={"CONNECTION_POOL_KWARGS": waits})
