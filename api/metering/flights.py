"""Requests in flight in this process, one at a time for each idempotency key."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
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

    @asynccontextmanager
    async def alone(self, key: Hashable) -> AsyncIterator[None]:
        """Wait until nobody else in this process holds the key, and hold it."""
        flight = self._flights.setdefault(key, _Flight())
        flight.holders += 1
        try:
            async with flight.lock:
                yield
        finally:
            flight.holders -= 1
            if not flight.holders:
                del self._flights[key]
