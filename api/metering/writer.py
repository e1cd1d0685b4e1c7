"""One thread that gathers what waits and writes it as a group."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

from bureau.errors import BureauError, LedgerUnavailable

T = TypeVar("T")
R = TypeVar("R")
_Told = Future[R] | asyncio.Future[R]
_PATIENCE_SECONDS = 0.05
_log = logging.getLogger(__name__)


class GroupWriter(Generic[T, R]):
    """Hands what was put to `write`, in order, in groups of at most `group`.

    While one group is written the next gathers itself. Where more are on their way (`coming` counts them with those
    that wait), a group waits for them, for as long as the last one took to write and never longer than `patience`
    seconds: a transaction costs the same for few as for many, and a caller alone waits for nobody. `write` returns
    one result or error for each. A future is never cancelled: a caller that goes away does not undo its call.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Sequence[R | BureauError]],
        *,
        group: int,
        waiting: int,
        coming: Callable[[], int] = lambda: 0,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._write, self._group, self._limit = write, group, waiting
        self._coming, self._patience, self._last_took = coming, patience, 0.0
        self._waiting: deque[tuple[T, _Told[R]]] = deque()
        self._changed = threading.Condition()
        self._open = False
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)

    def start(self) -> None:
        """Begin to write. A writer starts once."""
        self._open = True
        self._thread.start()

    def close(self) -> None:
        """Refuse new work, write what waits, return when it is written. Doing it twice changes nothing."""
        with self._changed:
            was_open, self._open = self._open, False
            self._changed.notify()
        if was_open:
            self._thread.join()

    @property
    def waiting(self) -> int:
        """How many items wait; those being written are not among them."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        return len(self._waiting) >= self._limit

    @property
    def is_alive(self) -> bool:
        return self._open and self._thread.is_alive()

    def put(self, item: T) -> Future[R]:
        """A future that is done after the commit; raises `LedgerUnavailable` when closed or full."""
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()  # from here on nothing can cancel it
        self._accept(item, future)
        return future

    def put_soon(self, item: T) -> "asyncio.Future[R]":
        """The same for the event loop that runs, which is told of a whole group in one turn."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._accept(item, future)
        return future

    def _accept(self, item: T, future: "_Told[R]") -> None:
        with self._changed:
            if not self._open:
                raise LedgerUnavailable("it is closed")
            if self.is_full:
                raise LedgerUnavailable(f"{self._limit} calls are waiting")
            self._waiting.append((item, future))
            if len(self._waiting) == 1 or self._all_came():
                self._changed.notify()

    def _run(self) -> None:
        while gathered := self._gather():
            loops: dict[asyncio.AbstractEventLoop, list[tuple[_Told[R], R | BureauError]]] = {}
            for (_, future), result in zip(gathered, self._written([item for item, _ in gathered]), strict=True):
                if isinstance(future, Future):
                    _tell(future, result)
                else:
                    loops.setdefault(future.get_loop(), []).append((future, result))
            for loop, told in loops.items():
                with suppress(RuntimeError):  # it has ended: nobody waits in it any more
                    loop.call_soon_threadsafe(_tell_all, told)

    def _gather(self) -> list[tuple[T, "_Told[R]"]]:
        """What waits, up to one group; empty only when the writer is closed and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or not self._open)
            self._changed.wait_for(self._all_came, min(self._last_took, self._patience))
            return [self._waiting.popleft() for _ in range(min(self._group, len(self._waiting)))]

    def _all_came(self) -> bool:
        return len(self._waiting) >= min(self._group, self._coming()) or not self._open

    def _written(self, items: Sequence[T]) -> Sequence[R | BureauError]:
        began = time.perf_counter()
        try:
            return self._write(items)
        except Exception as problem:  # the thread must outlive every group
            _log.exception("a group of %d was not written", len(items))
            return [LedgerUnavailable(type(problem).__name__)] * len(items)
        finally:
            self._last_took = time.perf_counter() - began


def _tell_all(told: "Sequence[tuple[_Told[R], R | BureauError]]") -> None:
    for future, result in told:
        if not future.done():  # whoever waited has not gone away; its call stands either way
            _tell(future, result)


def _tell(future: "_Told[R]", result: R | BureauError) -> None:
    if isinstance(result, BureauError):
        future.set_exception(result)
    else:
        future.set_result(result)
