"""Questions that many ask at once are answered in groups beside the event loop: one hop and a few queries for all."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Generic, TypeVar

from bureau.errors import LedgerUnavailable

Q = TypeVar("Q")
A = TypeVar("A")
_TOLD_EACH_SECONDS = 0.002
_PATIENCE_SECONDS = 0.01
"""After which one more thread takes what waits: a slow answer holds up nobody but its own group."""


class Gathered(Generic[Q, A]):
    """Hands what is asked to `answer`, in order, in groups of at most `group`.

    While one group is answered the next gathers itself. `answer` yields one answer or error for each question; what
    it raises is raised to all that are still waiting for theirs. For one event loop.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Q]], Iterable[A | Exception]],
        *,
        group: int = 64,
        threads: int = 4,
        waiting: int = 4096,
    ) -> None:
        self._answer, self._group, self._threads, self._limit = answer, group, threads, waiting
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._pool = ThreadPoolExecutor(threads, "gathered")
        self._working = 0

    async def ask(self, question: Q) -> A:
        """The answer to a question; raises `LedgerUnavailable` where too many wait."""
        if len(self._waiting) >= self._limit:
            raise LedgerUnavailable(f"{self._limit} calls are waiting")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._waiting.append((question, future))
        if len(self._waiting) == 1:
            self._begin_soon(loop)
        return await future

    def close(self) -> None:
        """Wait for the groups that are being answered."""
        self._pool.shutdown()

    def _begin_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """After all that are asking just now; where a thread works already, only if it turns out to be slow."""
        if self._working:
            loop.call_later(_PATIENCE_SECONDS, self._begin, loop)
        else:
            loop.call_soon(self._begin, loop)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give what waits to a thread, if one is free: whoever ends looks again."""
        if not self._waiting or self._working >= self._threads:
            return
        gathered = [self._waiting.popleft() for _ in range(min(self._group, len(self._waiting)))]
        self._working += 1
        self._pool.submit(self._work, loop, gathered)
        if self._waiting:
            self._begin_soon(loop)

    def _work(self, loop: asyncio.AbstractEventLoop, gathered: list[tuple[Q, asyncio.Future[A]]]) -> None:
        told: list[tuple[asyncio.Future[A], A | Exception]] = []
        count, since = 0, monotonic()
        try:
            for answer in self._answer([question for question, _ in gathered]):
                told.append((gathered[count][1], answer))
                count += 1
                if monotonic() - since > _TOLD_EACH_SECONDS:
                    loop.call_soon_threadsafe(_tell, told)
                    told, since = [], monotonic()
        except Exception as problem:  # of the group, not of one question
            told += [(future, problem) for _, future in gathered[count:]]
        loop.call_soon_threadsafe(self._end, loop, told)

    def _end(self, loop: asyncio.AbstractEventLoop, told: list[tuple[asyncio.Future[A], A | Exception]]) -> None:
        self._working -= 1
        _tell(told)  # first: who asks on at once is in the next group
        if self._waiting:
            self._begin_soon(loop)


def _tell(told: list[tuple[asyncio.Future[A], A | Exception]]) -> None:
    for future, answer in told:
        if future.done():  # whoever asked has gone away
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
