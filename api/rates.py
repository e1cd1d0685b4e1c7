"""How often a client may call a product: by its contract, or else by the catalogue."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.access.tokens import Identity
from api.contracts.in_force import contract_in_force
from api.headers import rate_headers
from api.limits import Limit
from api.limits_shared import SharedLimits
from bureau.errors import RateExceeded
from products.product import Product

MINUTE = timedelta(minutes=1)
BURST = 10
"""One part in so many of a minute's calls may come at once."""
_KEPT_SECONDS = 30.0
"""For how long a contract's rates are kept: a change of them takes effect within it, a change of rights at once."""


class _Agreed(NamedTuple):
    rates: Mapping[str, int]
    until: float


class Rates:
    """The limits of one server process. engine: sees everybody's rows."""

    def __init__(self, engine: Engine, shared: SharedLimits | None = None) -> None:
        self._engine, self._shared = engine, shared
        self._limits: dict[int, Limit] = {}
        self._agreed: dict[int, _Agreed] = {}

    async def take(self, caller: Identity, product: Product, at: datetime) -> dict[str, str]:
        """Count one call: the headers that say what is left. Raises `RateExceeded`.

        In memory it takes microseconds; what waits for Redis or the database waits beside the event loop.
        """
        agreed = self._agreed.get(caller.institution_id)
        if self._shared is None and agreed is not None and time.monotonic() < agreed.until:
            return self._take(caller, product, agreed.rates)
        return await run_in_threadpool(self._looked_up, caller, product, at)

    def _looked_up(self, caller: Identity, product: Product, at: datetime) -> dict[str, str]:
        return self._take(caller, product, self._rates_of(caller.institution_id, at))

    def _take(self, caller: Identity, product: Product, agreed: Mapping[str, int]) -> dict[str, str]:
        """By the version of its credentials too: a token that a rotation ended takes nothing from those after it."""
        limit = self._limit(agreed.get(product.code, product.calls_per_minute))
        left = limit.take(f"{caller.client_id} {caller.version} {product.code}")
        if left.wait:
            raise RateExceeded(product.code, limit.times, limit.burst, left.wait, left.reset)
        return rate_headers(limit.times, limit.burst, left.remaining, left.reset)

    def _limit(self, times: int) -> Limit:
        found = self._limits.get(times)
        if found is None:
            found = self._limits[times] = Limit("calls", times, MINUTE, max(1, times // BURST), self._shared)
        return found

    def _rates_of(self, institution_id: int, at: datetime) -> Mapping[str, int]:
        found = self._agreed.get(institution_id)
        if found is None or time.monotonic() >= found.until:
            with Session(self._engine) as session:
                contract = contract_in_force(session, institution_id, at)
            rates = contract.terms.calls_per_minute if contract else {}
            found = self._agreed[institution_id] = _Agreed(rates, time.monotonic() + _KEPT_SECONDS)
        return found.rates
