"""Questions gathered into groups: order, errors of one and of all, callers that go away, slow groups, bounds."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence

import pytest

from api.gathering import Gathered
from bureau.errors import LedgerUnavailable


class Oracle:
    """Doubles numbers, group by group; may be held, as by a slow disk."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.held: dict[int, threading.Event] = {}

    def answer(self, numbers: Sequence[int]) -> Iterator[int | Exception]:
        self.groups.append(list(numbers))
        if 666 in numbers:
            raise RuntimeError("the database is gone")
        for number in numbers:
            if number in self.held:
                assert self.held[number].wait(10)
            yield ValueError(str(number)) if number < 0 else 2 * number


def run(oracle: Oracle, work: Callable[[Gathered[int, int]], Awaitable[None]], **options: int) -> None:
    async def running() -> None:
        gathered = Gathered(oracle.answer, **options)
        try:
            await asyncio.wait_for(work(gathered), 10)
        finally:
            for event in oracle.held.values():
                event.set()
            await asyncio.to_thread(gathered.close)

    asyncio.run(running())


def test_who_asks_at_once_is_answered_in_one_group() -> None:
    oracle = Oracle()

    async def work(gathered: Gathered[int, int]) -> None:
        assert await asyncio.gather(*map(gathered.ask, range(20))) == [2 * number for number in range(20)]
        assert await gathered.ask(7) == 14

    run(oracle, work)
    assert oracle.groups == [list(range(20)), [7]]


def test_what_comes_while_a_group_is_answered_is_the_next() -> None:
    oracle = Oracle()
    oracle.held[0] = threading.Event()

    async def work(gathered: Gathered[int, int]) -> None:
        first = asyncio.ensure_future(gathered.ask(0))
        while not oracle.groups:
            await asyncio.sleep(0.001)
        others = [asyncio.ensure_future(gathered.ask(number)) for number in range(1, 8)]
        oracle.held[0].set()
        assert await asyncio.gather(first, *others) == [0, 2, 4, 6, 8, 10, 12, 14]

    run(oracle, work, group=4, threads=1)
    assert oracle.groups == [[0], [1, 2, 3, 4], [5, 6, 7]]


def test_a_slow_group_holds_up_nobody_else() -> None:
    oracle = Oracle()
    oracle.held[0] = threading.Event()

    async def work(gathered: Gathered[int, int]) -> None:
        slow = asyncio.ensure_future(gathered.ask(0))
        assert await asyncio.gather(*map(gathered.ask, range(1, 5))) == [2, 4, 6, 8]
        while not oracle.groups[1:]:
            await asyncio.sleep(0.001)
        assert await gathered.ask(5) == 10
        assert not slow.done()
        oracle.held[0].set()
        assert await slow == 0

    run(oracle, work, group=1, threads=2)


def test_an_error_is_its_own_question_s() -> None:
    async def work(gathered: Gathered[int, int]) -> None:
        results = await asyncio.gather(*map(gathered.ask, (1, -2, 3)), return_exceptions=True)
        assert [results[0], results[2]] == [2, 6]
        assert isinstance(results[1], ValueError)

    run(Oracle(), work)


def test_a_group_that_fails_fails_for_all_of_it_and_for_no_other() -> None:
    async def work(gathered: Gathered[int, int]) -> None:
        results = await asyncio.gather(*map(gathered.ask, (12, 666)), return_exceptions=True)
        assert all(isinstance(result, RuntimeError) for result in results)
        assert await gathered.ask(1) == 2

    run(Oracle(), work)


def test_who_goes_away_disturbs_nobody() -> None:
    oracle = Oracle()
    oracle.held[0] = threading.Event()

    async def work(gathered: Gathered[int, int]) -> None:
        leaving, staying = (asyncio.ensure_future(gathered.ask(number)) for number in (0, 1))
        while not oracle.groups:
            await asyncio.sleep(0.001)
        leaving.cancel()
        oracle.held[0].set()
        assert await staying == 2

    run(oracle, work)


def test_too_many_are_refused() -> None:
    oracle = Oracle()
    oracle.held[0] = threading.Event()

    async def work(gathered: Gathered[int, int]) -> None:
        first = asyncio.ensure_future(gathered.ask(0))
        while not oracle.groups:
            await asyncio.sleep(0.001)
        waiting = [asyncio.ensure_future(gathered.ask(number)) for number in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(LedgerUnavailable, match="2 calls are waiting"):
            await gathered.ask(3)
        oracle.held[0].set()
        assert await asyncio.gather(first, *waiting) == [0, 2, 4]

    run(oracle, work, threads=1, waiting=2)
