"""How often something may happen: GCRA in memory, or in Redis where several processes share a limit."""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from throttled import MemoryStore, Quota, RateLimitResult, RateLimitState, Throttled, per_duration

from api.limits_shared import UNREACHABLE, SharedLimits

_REMEMBERED = 100_000
"""Keys of a limit in memory: an attacker of many names pushes none out that matters for the minutes it counts."""


@dataclass(frozen=True)
class Counted:
    """What a limit says to one more. wait: whole seconds until it would be allowed; 0: it is.

    remaining: how many more may come at once. reset: seconds until the whole burst is there again.
    """

    wait: int
    remaining: int
    reset: int


class Limit:
    """At most `burst` at once for a key, and afterwards `times` in each `period`.

    While Redis does not answer, each process keeps its share of the limit by itself: never is it open.
    """

    def __init__(
        self, name: str, times: int, period: timedelta, burst: int, shared: SharedLimits | None = None
    ) -> None:
        self.times, self.burst, self._name, self._period, self._shared = times, burst, name, period, shared
        self._memory = MemoryStore(options={"MAX_SIZE": _REMEMBERED})
        self._everywhere = None if shared is None else self._keeping(shared.store)
        self._shares: dict[int, Throttled] = {}

    def wait(self, key: str) -> int:
        """Whole seconds until one more is allowed; 0 where it is now. Counts nothing."""
        state: RateLimitState
        processes, state = self._asked("peek", key)
        quota = self._quota(processes)
        tolerated = (quota.burst - 1) * quota.emission_interval
        seconds = math.ceil(state.reset_after - tolerated)
        return max(0, seconds)

    def count(self, key: str) -> int:
        """Count one; the seconds to wait where it was one too many."""
        return self.take(key).wait

    def take(self, key: str) -> Counted:
        """Count one, and tell what is left."""
        _, result = self._asked("limit", key)
        state: RateLimitState = result.state
        wait, reset = math.ceil(state.retry_after), math.ceil(state.reset_after)
        return Counted(wait, 0 if result.limited else state.remaining, reset)

    def _asked(self, question: str, key: str) -> tuple[int, Any]:
        """The answer, and among how many processes the limit is shared out for it."""
        named = _named(self._name, key)
        if self._shared is not None and self._everywhere is not None and self._shared.is_asked():
            try:
                return 1, self._put(self._everywhere, question, named)
            except UNREACHABLE as problem:
                self._shared.avoid(problem)
        processes = 1 if self._shared is None else self._shared.processes
        return processes, self._put(self._share_of(processes), question, named)

    def _put(self, limit: Throttled, question: str, key: str) -> RateLimitResult | RateLimitState:
        return limit.peek(key) if question == "peek" else limit.limit(key)

    def _share_of(self, processes: int) -> Throttled:
        """The limit of one of several processes; what it has counted stays counted when their number changes."""
        if processes not in self._shares:
            self._shares[processes] = self._keeping(self._memory, processes)
        return self._shares[processes]

    def _keeping(self, store: Any, processes: int = 1) -> Throttled:
        return Throttled(using="gcra", quota=self._quota(processes), store=store)

    def _quota(self, processes: int) -> Quota:
        return per_duration(self._period * processes, self.times, max(1, self.burst // processes))


@lru_cache(maxsize=4096)
def _named(name: str, key: str) -> str:
    """A key as it is kept: it may be an address or a name, of which Redis learns none."""
    return f"{name}:{hashlib.sha256(key.encode()).hexdigest()}"
