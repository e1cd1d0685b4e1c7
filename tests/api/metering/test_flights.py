"""One request at a time for each key in this process; nothing is kept for keys nobody holds."""

import asyncio

import pytest

from api.metering.flights import Flights


def test_the_same_key_waits_and_another_does_not() -> None:
    flights, seen = Flights(), list[str]()

    async def fly(name: str, key: str, steps: int) -> None:
        async with flights.alone(key):
            seen.append(f"{name} begins")
            for _ in range(steps):
                await asyncio.sleep(0)
            seen.append(f"{name} ends")

    async def all_at_once() -> None:
        await asyncio.gather(fly("first", "a", 5), fly("second", "a", 1), fly("other", "b", 1))

    asyncio.run(all_at_once())
    assert seen.index("first ends") < seen.index("second begins")
    assert seen.index("other ends") < seen.index("first ends")
    assert flights.held == 0


def test_a_flight_that_fails_or_is_cancelled_lets_the_next_one_go() -> None:
    flights = Flights()

    async def crash() -> None:
        async with flights.alone("a"):
            raise RuntimeError("the answer could not be produced")

    async def wait_for_ever() -> None:
        async with flights.alone("a"):
            await asyncio.Event().wait()

    async def story() -> None:
        with pytest.raises(RuntimeError):
            await crash()
        task = asyncio.create_task(wait_for_ever())
        await asyncio.sleep(0)
        queued = asyncio.create_task(wait_for_ever())
        await asyncio.sleep(0)
        for each in (queued, task):
            each.cancel()
            with pytest.raises(asyncio.CancelledError):
                await each
        async with flights.alone("a"):
            assert flights.held == 1

    asyncio.run(story())
    assert flights.held == 0
