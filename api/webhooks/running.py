"""Webhooks sent beside a serving process, by one thread that ends with it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread

from sqlalchemy import Engine

from api.vault import Vault
from api.webhooks.sending import send_due
from bureau.clock import now

EVERY_SECONDS = 2.0
_log = logging.getLogger("bureau.api")


@contextmanager
def sending(
    engine: Engine, vault: Vault, *, local: bool, clock: Callable[[], datetime] = now, every: float = EVERY_SECONDS
) -> Iterator[None]:
    """Send what is due every few seconds while the block runs; its end waits for the attempts under way."""
    ended = Event()

    def run() -> None:
        while not ended.wait(every):
            try:
                send_due(engine, vault, clock(), local=local)
            except Exception:  # the thread must outlive a database that is away for a while
                _log.exception("Webhooks could not be sent. They are due again.")

    thread = Thread(target=run, name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
