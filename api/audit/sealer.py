"""The sealer of a serving process: a signed root each minute while there are new leaves."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import Engine, func, select

from api.audit.sealing import SignedRoot, newest_root, seal
from api.audit.tables import AuditLeaf
from api.signing import Signer

EVERY = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@contextmanager
def sealing(engine: Engine, signer: Signer, clock: Callable[[], datetime], every: timedelta = EVERY) -> Iterator[None]:
    """Seal what is new, now and once every minute, while the block runs; its end waits for no more than one root."""
    stopped = Event()

    def run() -> None:
        while True:
            try:
                seal_if_due(engine, signer, clock(), every)
            except Exception:  # the thread outlives a database that is away for a minute
                _log.exception("the audit log was not sealed; the next minute tries again")
            if stopped.wait(every.total_seconds()):
                return

    thread = Thread(target=run, name="sealer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def seal_if_due(engine: Engine, signer: Signer, at: datetime, every: timedelta = EVERY) -> SignedRoot | None:
    """Seal where there are new leaves and no process sealed within the last minute; None where there is nothing to do.

    A second process whose minutes begin at other seconds adds no roots of its own.
    """
    with engine.connect() as connection:
        newest = newest_root(connection, signer.suite)
        last = connection.scalar(select(func.max(AuditLeaf.number)))
    if last is None or (newest is not None and newest.size > last):
        return None
    if newest is not None and timedelta(0) <= at - datetime.fromisoformat(newest.signed_at) < every * 0.9:
        return None  # a clock that was set back is no reason to wait for it
    return seal(engine, signer, at)
