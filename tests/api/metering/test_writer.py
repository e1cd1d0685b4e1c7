"""The group writer: order, groups, bounds, and a thread that outlives every failure."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from api.metering.writer import GroupWriter
from bureau.errors import KeyReused, LedgerUnavailable


class Notebook:
    """Writes numbers down in groups; may be held, as by a slow disk, and fails where it is told to."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.reached = threading.Event()

    def write(self, numbers: Sequence[int]) -> list[int | KeyReused]:
        self.reached.set()
        assert self.go_on.wait(10)
        self.groups.append(list(numbers))
        if 13 in numbers:
            raise RuntimeError("the disk is gone")
        return [KeyReused(str(number)) if number < 0 else number * 2 for number in numbers]


def nobody() -> int:
    return 0


@contextmanager
def open_writer(
    notebook: Notebook,
    *,
    group: int = 4,
    waiting: int = 100,
    coming: Callable[[], int] = nobody,
    patience: float = 10.0,
) -> Iterator[GroupWriter[int, int]]:
    writer = GroupWriter(notebook.write, group=group, waiting=waiting, coming=coming, patience=patience)
    writer.start()
    try:
        yield writer
    finally:
        notebook.go_on.set()
        writer.close()


def test_what_gathers_while_one_group_is_written_is_the_next() -> None:
    notebook = Notebook()
    notebook.go_on.clear()
    with open_writer(notebook) as writer:
        first = writer.put(0)
        notebook.reached.wait(10)
        futures = [writer.put(n) for n in range(1, 8)]
        notebook.go_on.set()
        assert [future.result(10) for future in (first, *futures)] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert notebook.groups == [[0], [1, 2, 3, 4], [5, 6, 7]]


def held_for(seconds: float, notebook: Notebook, writer: GroupWriter[int, int], number: int) -> None:
    """Write a number, and let that take so long."""
    notebook.go_on.clear()
    notebook.reached.clear()
    future = writer.put(number)
    assert notebook.reached.wait(10)
    time.sleep(seconds)
    notebook.go_on.set()
    assert future.result(10) == number * 2


def test_a_group_waits_for_those_on_their_way() -> None:
    notebook, on_their_way = Notebook(), [1]
    with open_writer(notebook, coming=lambda: on_their_way[0]) as writer:
        held_for(2, notebook, writer, 0)
        on_their_way[0] = 3
        futures = [writer.put(n) for n in (1, 2, 3)]
        assert [future.result(1.5) for future in futures] == [2, 4, 6], "it waited on when all had come"
    assert notebook.groups == [[0], [1, 2, 3]]


def test_it_waits_no_longer_than_the_last_group_took() -> None:
    notebook = Notebook()
    with open_writer(notebook, coming=lambda: 3) as writer:
        held_for(0.2, notebook, writer, 0)
        began = time.monotonic()
        assert writer.put(1).result(10) == 2
        assert 0.15 < time.monotonic() - began < 5
    assert notebook.groups == [[0], [1]]


def test_nor_longer_than_its_patience() -> None:
    notebook = Notebook()
    with open_writer(notebook, coming=lambda: 3, patience=0.01) as writer:
        held_for(2, notebook, writer, 0)
        assert writer.put(1).result(1.5) == 2


def test_a_full_group_does_not_wait() -> None:
    notebook = Notebook()
    with open_writer(notebook, group=2, coming=lambda: 3) as writer:
        held_for(2, notebook, writer, 0)
        assert [future.result(1.5) for future in (writer.put(1), writer.put(2))] == [2, 4]


def test_closing_ends_the_wait() -> None:
    notebook = Notebook()
    with open_writer(notebook, coming=lambda: 3) as writer:
        held_for(2, notebook, writer, 0)
        future = writer.put(1)
        began = time.monotonic()
        writer.close()
        assert future.result(0) == 2
        assert time.monotonic() - began < 1.5


def test_each_gets_its_own_result_or_error() -> None:
    with open_writer(Notebook()) as writer:
        futures = [writer.put(n) for n in (1, -1, 2)]
        assert (futures[0].result(10), futures[2].result(10)) == (2, 4)
        assert isinstance(futures[1].exception(10), KeyReused)


def test_the_thread_outlives_a_group_that_failed() -> None:
    with open_writer(Notebook(), group=1) as writer:
        assert isinstance(writer.put(13).exception(10), LedgerUnavailable)
        assert writer.put(3).result(10) == 6


def test_a_full_queue_refuses_and_keeps_what_it_has() -> None:
    notebook = Notebook()
    notebook.go_on.clear()
    with open_writer(notebook, waiting=2) as writer:
        held = writer.put(0)
        notebook.reached.wait(10)
        kept = [writer.put(1), writer.put(2)]
        with pytest.raises(LedgerUnavailable, match="2 calls are waiting"):
            writer.put(3)
        notebook.go_on.set()
        assert [future.result(10) for future in (held, *kept)] == [0, 2, 4]


def test_nothing_cancels_what_was_put() -> None:
    notebook = Notebook()
    notebook.go_on.clear()
    with open_writer(notebook) as writer:
        future = writer.put(1)
        assert not future.cancel()
        notebook.go_on.set()
        assert future.result(10) == 2


def test_closing_writes_what_waits_then_refuses() -> None:
    notebook = Notebook()
    with open_writer(notebook) as writer:
        futures = [writer.put(n) for n in range(10)]
        writer.close()
        writer.close()
        assert all(future.done() for future in futures)
        with pytest.raises(LedgerUnavailable, match="closed"):
            writer.put(1)


def test_a_writer_that_was_never_started_refuses() -> None:
    writer = GroupWriter(Notebook().write, group=1, waiting=1)
    with pytest.raises(LedgerUnavailable):
        writer.put(1)
    writer.close()


def test_an_event_loop_is_told_of_each_in_its_order() -> None:
    async def put(writer: GroupWriter[int, int], *numbers: int) -> list[object]:
        return await asyncio.gather(*map(writer.put_soon, numbers), return_exceptions=True)

    with open_writer(Notebook()) as writer:
        first, refused, last = asyncio.run(put(writer, 1, -1, 2))
    assert (first, last) == (2, 4)
    assert isinstance(refused, KeyReused)


def test_who_has_gone_away_is_not_told_and_the_others_are() -> None:
    async def put(writer: GroupWriter[int, int], notebook: Notebook) -> int:
        notebook.go_on.clear()
        gone, stays = writer.put_soon(1), writer.put_soon(2)
        gone.cancel()
        notebook.go_on.set()
        return await stays

    notebook = Notebook()
    with open_writer(notebook) as writer:
        assert asyncio.run(put(writer, notebook)) == 4
    assert sorted(number for group in notebook.groups for number in group) == [1, 2]


def test_a_loop_that_has_ended_holds_nobody_up() -> None:
    async def leave(writer: GroupWriter[int, int], notebook: Notebook) -> None:
        notebook.go_on.clear()
        writer.put_soon(1)

    notebook = Notebook()
    with open_writer(notebook) as writer:
        asyncio.run(leave(writer, notebook))
        notebook.go_on.set()
        assert writer.put(2).result(10) == 4
