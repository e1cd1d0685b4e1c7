"""`bureau worker` stops when it is told, and what one that was killed had begun is done by the next, once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from api.access.institutions import create_client, find_client
from api.billing.tables import Statement
from api.metering.draft import Receipt
from api.metering.tables import Event
from bureau.clock import now
from bureau.db import transaction
from tests.factories.ledger import PRICES, SECRET, Books, draft, open_books

SECONDS = 40


@contextmanager
def called(url: str, home: Path) -> Iterator[Books]:
    """The ledger of a bank that called last month: its statement is due."""
    books = open_books(url, home)
    books.clock.at = now().replace(day=1) - timedelta(days=2)
    with transaction(books.engine) as session:
        made = create_client(session, "上月查询的银行", "bank", PRICES, books.clock.at)
        institution_id = find_client(session, made.client_id).institution_id
    said = {"institution_id": institution_id, "client_id": made.client_id, "consent_required": False}
    (receipt,) = books.submit(draft(books.bank, **said))
    assert isinstance(receipt, Receipt)
    yield books
    books.ledger.close()
    books.engine.dispose()


@contextmanager
def worker(url: str, home: Path) -> Iterator["subprocess.Popen[str]"]:
    """`bureau worker`, killed at the end if it still runs."""
    code = "from api.cli import main; main()"
    environment = os.environ | {"BUREAU_HOME": str(home), "BUREAU_DATABASE_URL": url, "BUREAU_SECRET_KEY": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-c", code, "worker"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def statements(books: Books) -> int:
    issued = select(func.count()).select_from(Statement).scalar_subquery()
    told = select(func.count()).select_from(Event).where(Event.topic == "statement.issued").scalar_subquery()
    with Session(books.engine) as session:  # one statement: between two, a worker may commit
        counts = session.execute(select(issued, told)).one()
    assert counts[0] == counts[1]
    return int(counts[0])


def test_a_worker_ends_what_is_under_way_when_it_is_told_to_stop(ledger_url: str, tmp_path: Path) -> None:
    with called(ledger_url, tmp_path) as books, worker(ledger_url, tmp_path) as process:
        until(lambda: statements(books) == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        assert process.stdout is not None
        assert process.stdout.read().splitlines()[-1] == "stopped"


@pytest.mark.postgres
def test_what_a_killed_worker_had_begun_is_done_by_the_next(postgres_ledger_url: str, tmp_path: Path) -> None:
    with called(postgres_ledger_url, tmp_path) as books:
        with worker(postgres_ledger_url, tmp_path) as killed, books.engine.begin() as holding:
            holding.execute(text("LOCK TABLE statement"))
            until(lambda: is_being_issued(books))
            killed.kill()
            killed.wait()
        assert statements(books) == 0
        assert is_being_issued(books), "the queue does not know yet"
        with worker(postgres_ledger_url, tmp_path) as process:
            until(lambda: statements(books) == 1 and not is_being_issued(books))
            process.send_signal(signal.SIGTERM)
            assert process.wait(SECONDS) == 0
        assert statements(books) == 1


def is_being_issued(books: Books) -> bool:
    query = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'issue-statements'"
    with books.engine.connect() as connection:
        return connection.scalar(text(query)) == 1
