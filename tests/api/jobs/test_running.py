"""The works are done while a server runs, outlive what fails, and end with it; on both databases."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from api.audit.tables import AuditRoot
from api.jobs.running import working
from api.jobs.works import Workplace
from tests.factories.ledger import NOON, Books, draft


def test_the_log_is_sealed_while_works_are_done_and_they_end_at_once(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    books.submit(draft(books.bank))
    before = threading.active_count()
    with working(Workplace(books.engine, books.signer, books.vault, clock=books.clock)):
        wait_for(books, 1)
    assert threading.active_count() <= before
    assert "failed" not in caplog.text


def test_a_work_that_fails_is_tried_again(books: Books) -> None:
    books.submit(draft(books.bank))
    asked = threading.Event()

    def read_clock() -> datetime:
        if not asked.is_set():
            asked.set()
            raise RuntimeError("the clock is gone")
        return NOON + timedelta(minutes=1)

    with working(Workplace(books.engine, books.signer, books.vault, clock=read_clock)):
        assert asked.wait(30)
        wait_for(books, 1)


def wait_for(books: Books, size: int) -> None:
    waiting = threading.Event()
    for _ in range(1500):
        with books.engine.connect() as connection:
            if connection.scalar(select(func.max(AuditRoot.size))) == size:
                return
        waiting.wait(0.02)
    raise AssertionError(f"no root of {size} was signed")
