"""Deliveries judged beside the thread that stores them: the next rows are read and judged while these are stored."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from features.lake.delivery import PORTION, Delivery
from features.lake.judgement import Judged, judge

Done = TypeVar("Done")
Portion = tuple[pl.DataFrame, Judged]
"""Rows as delivered, and as judged."""


class Here(Executor):
    """Runs what it is given at once, in the caller's thread: a small delivery is judged sooner than a thread starts."""

    def submit(self, fn: Callable[..., Done], /, *args: Any, **kwargs: Any) -> Future[Done]:
        future: Future[Done] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Judging:
    """A delivery's portions in their order, the first of them under way already. To be gone through once.

    beside: runs one thing at a time. It never judges more than one portion ahead of who asks.
    """

    def __init__(self, delivery: Delivery, received_at: datetime, beside: Executor) -> None:
        self.delivery, self.received_at = delivery, received_at
        self._portions, self._beside = delivery.table.portions(PORTION), beside
        self._coming = beside.submit(self._next)

    def __iter__(self) -> Iterator[Portion]:
        while (portion := self._coming.result()) is not None:
            self._coming = self._beside.submit(self._next)
            yield portion

    def _next(self) -> Portion | None:
        delivered = next(self._portions, None)
        return None if delivered is None else (delivered, judge(delivered, self.delivery.contract, self.received_at))


def judged_ahead(paths: Iterable[Path], read: Callable[[Path], Delivery], received_at: datetime) -> Iterator[Judging]:
    """Deliveries in the order of their paths; while one is stored, the next is waited for, read and begun.

    paths are drawn in a thread of their own, so that who writes them may take his time.
    """
    remaining = iter(paths)

    def begin() -> Judging | None:
        path = next(remaining, None)
        return None if path is None else Judging(read(path), received_at, beside)

    with ThreadPoolExecutor(1) as ahead, ThreadPoolExecutor(1) as beside:
        judging = ahead.submit(begin).result()
        while judging is not None:
            coming = ahead.submit(begin)
            yield judging
            judging = coming.result()
