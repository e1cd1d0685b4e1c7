"""Requests in flight in this process, one at a time for each idempotency key."""

import asyncio
from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field


@dataclass
class _Flight:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    holders: int = 0


class Flights:
    """Who is working on which key. Across processes the ledger's unique key decides instead."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}

    @property
    def held(self) -> int:
        """How many keys are being worked on."""
        return len(self._flights)

    def alone(self, key: Hashable) -> AbstractAsyncContextManager[None]:
        """Wait until nobody else in this process holds the key, and hold it."""
        return _Alone(self._flights, key)


class _Alone(AbstractAsyncContextManager[None]):
    """Written out: every call goes through it, and made of a generator it costs twice as much."""

    def __init__(self, flights: dict[Hashable, _Flight], key: Hashable) -> None:
        self._flights, self._key = flights, key

    async def __aenter__(self) -> None:
        flight = self._flights.get(self._key)
        if flight is None:
            flight = self._flights[self._key] = _Flight()
        flight.holders += 1
        try:
            await flight.lock.acquire()
        except BaseException:  # cancelled while it waited
            self._leave(flight)
            raise

    async def __aexit__(self, *_raised: object) -> None:
        flight = self._flights[self._key]
        flight.lock.release()
        self._leave(flight)

    def _leave(self, flight: _Flight) -> None:
        flight.holders -= 1
        if not flight.holders:
            del self._flights[self._key]
