"""The ledger: where a billable answer is stored, charged and made evidence before anybody sees it."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InternalError

from api.checkpointing import Checkpointing
from api.contracts.in_force import Contracts
from api.metering.batch import Entered, Writing, enter_batch
from api.metering.bound import bound_answers
from api.metering.draft import ANSWERED, UNANSWERED, Draft, Receipt
from api.metering.exclusive import exclusive
from api.metering.failures import Failures, store_failures
from api.metering.flights import Flights
from api.metering.writer import GroupWriter
from api.operating.measures import Measures
from api.signing import Signer
from api.tenancy import Tenant, seen_by
from api.vault import Vault
from bureau.clock import now
from bureau.db import UNREACHABLE
from bureau.errors import BureauError, LedgerUnavailable

__all__ = ["Draft", "Ledger", "Receipt"]

_GROUP = 256
_WAITING = 2048
_FAILING_SECONDS = 10.0
"""For how long a failed commit keeps a server out of turn; the call that comes then finds out whether it holds on."""
_log = logging.getLogger(__name__)


class Ledger:
    """One a process. Answers are committed in groups by one thread; nothing leaves before COMMIT."""

    def __init__(
        self,
        engine: Engine,
        signer: Signer,
        vault: Vault,
        clock: Callable[[], datetime] = now,
        measures: Measures | None = None,
    ) -> None:
        self._engine, self._vault, self._clock, self._measures = engine, vault, clock, measures or Measures()
        self._writing = Writing(signer, vault, Contracts())
        self._flights = Flights()
        self._writer = GroupWriter(self.enter, group=_GROUP, waiting=_WAITING, coming=lambda: self._flights.held)
        self._checkpointing = Checkpointing(engine)
        self._failed_at: float | None = None
        self.failures = Failures()

    def start(self) -> None:
        """Begin to accept drafts."""
        self._writer.start()
        self._checkpointing.start()

    def close(self) -> None:
        """Refuse new drafts and return when all that were accepted are committed, and what failed is counted."""
        self._writer.close()
        self._checkpointing.close()
        if lost := self.failures.take():
            try:
                with exclusive(self._engine) as connection:
                    store_failures(connection, lost)
            except DBAPIError as problem:
                _log.error("%d failed requests stay uncounted: %s", lost.total(), problem)

    def alone(self, institution_id: int, key: str) -> AbstractAsyncContextManager[None]:
        """Be the only one in this process to work on a key. A duplicate in flight waits here."""
        return self._flights.alone((institution_id, key))

    def find(self, institution_id: int, key: str, request_sha256: str) -> Receipt | None:
        """The answer a key is bound to, or None; raises `KeyReused` when it answered another request."""
        with seen_by(self._engine, Tenant(institution_id)).connect() as connection:
            bound = bound_answers(connection, [institution_id], [key], self._vault).get((institution_id, key))
        return None if bound is None else bound.replay(key, request_sha256)

    async def submit(self, draft: Draft) -> Receipt:
        """Store one answer with its charge and evidence; returns after COMMIT.

        The same key and request again gives the first answer's bytes, `replayed`, and no second charge.
        Raises `KeyReused`; `LedgerUnavailable` (too many wait, or the commit failed: retry with the same
        key); and the `NotPermitted` of a consent, client or contract that ended meanwhile, in which case
        the call is on record as refused already.
        """
        if draft.outcome not in ANSWERED or draft.idempotency_key is None:
            raise ValueError("an answer has one of the answered outcomes and binds an idempotency key")
        entered = await self._entered(draft)
        if entered is None:
            raise LedgerUnavailable("the call has no answer")
        return entered

    async def refuse(self, draft: Draft) -> None:
        """Record a call that was not answered: never charged, key not bound. Once a call, however often called."""
        if draft.outcome not in UNANSWERED:
            raise ValueError("only a refused or failed call is recorded without an answer")
        await self._entered(draft)

    async def _entered(self, draft: Draft) -> Receipt | None:
        return await self._writer.put_soon(draft)

    @property
    def waiting(self) -> int:
        """How many calls wait to be committed."""
        return self._writer.waiting

    @property
    def is_full(self) -> bool:
        """Whether no more are taken."""
        return self._writer.is_full

    @property
    def is_writing(self) -> bool:
        return self._writer.is_alive

    @property
    def is_failing(self) -> bool:
        """Whether the database refused the last commit, moments ago."""
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() - failed_at < _FAILING_SECONDS

    def enter(self, drafts: Sequence[Draft]) -> Sequence[Entered]:
        """What the writer does with a group: one transaction, or one for each where the database refuses some row."""
        lost = self.failures.take()
        began = time.perf_counter()
        try:
            with exclusive(self._engine) as connection:
                entered = enter_batch(connection, drafts, self._writing, self._clock())
                store_failures(connection, lost)
            self._failed_at = None
            self._measures.committed(len(drafts), time.perf_counter() - began, succeeded=True)
            return entered
        except UNREACHABLE as problem:  # the database, not a row: the same for each
            self._failed_at = time.monotonic()
            self.failures.add(lost)
            self._measures.committed(len(drafts), time.perf_counter() - began, succeeded=False)
            return [_failed(problem)] * len(drafts)
        except Exception as problem:  # some row of the group: find out which
            self.failures.add(lost)
            if len(drafts) == 1:
                if isinstance(problem, InternalError):  # of PostgreSQL that only reads: no row is at fault
                    self._failed_at = time.monotonic()
                return [_failed(problem)]
            return [self.enter([draft])[0] for draft in drafts]


def _failed(problem: Exception) -> BureauError:
    _log.error("not committed: %s", problem)
    return LedgerUnavailable(type(problem).__name__)
