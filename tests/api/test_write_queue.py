"""Writers of one process on SQLite come one after the other, and nobody is passed over."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from api.metering.exclusive import exclusive
from api.write_queue import WriteQueue, queue_writers
from bureau.db import transaction
from tests.factories.note_book import note_book


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with note_book(tmp_path, queue_writers) as opened:
        yield opened


def add(engine: Engine, number: int) -> None:
    with transaction(engine) as session:
        session.execute(text("INSERT INTO note (id) VALUES (:id)"), {"id": number})


def test_the_turn_goes_to_whoever_has_waited_longest() -> None:
    queue, served = WriteQueue(), list[int]()
    assert queue.take(0)

    def wait(number: int) -> None:
        assert queue.take(30)
        served.append(number)
        queue.give()

    waiters = [Thread(target=wait, args=(number,)) for number in range(5)]
    for place, waiter in enumerate(waiters):
        waiter.start()
        while len(queue._waiting) <= place:
            pass
    queue.give()
    for waiter in waiters:
        waiter.join(30)
    assert served == [0, 1, 2, 3, 4]


def test_who_lost_patience_leaves_the_line() -> None:
    queue = WriteQueue()
    assert queue.take(0)
    assert not queue.take(0.01)
    queue.give()
    assert queue.take(0)


def test_a_writer_without_a_pause_lets_others_in(engine: Engine) -> None:
    groups, asked, served = 0, Event(), Event()

    def write_groups() -> int:
        nonlocal groups
        since = None
        while not served.is_set():
            with exclusive(engine) as connection:
                if asked.is_set() and since is None:
                    since = groups
                groups += 1
                connection.execute(text("INSERT INTO note (id) VALUES (:id)"), {"id": groups})
                time.sleep(0.02)  # as a group's work takes
        return groups - (since or 0)

    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(write_groups)
        while groups < 5:
            pass
        for number in range(-10, 0):
            asked.set()
            add(engine, number)
        served.set()
        assert written.result(30) <= 25  # one between each two of ours, and who was at it when it began and ended


@pytest.mark.parametrize("failing", ["INSERT INTO note (id) VALUES (1)", "INSERT INTO nowhere VALUES (1)"])
def test_what_fails_gives_its_turn_back(engine: Engine, failing: str) -> None:
    add(engine, 1)
    with suppress(Exception), transaction(engine) as session:
        session.execute(text(failing))
    with ThreadPoolExecutor(1) as beside:
        beside.submit(add, engine, 2).result(5)


def test_a_lost_connection_gives_its_turn_back(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO note (id) VALUES (1)"))
        connection.invalidate()
    with ThreadPoolExecutor(1) as beside:
        beside.submit(add, engine, 2).result(5)


def test_reading_waits_for_nobody(engine: Engine) -> None:
    with exclusive(engine) as writing, engine.connect() as reading:
        writing.execute(text("INSERT INTO note (id) VALUES (1)"))
        assert reading.scalar(text("SELECT COUNT(*) FROM note")) == 0


def test_constraints_are_told_as_before(engine: Engine) -> None:
    add(engine, 1)
    with pytest.raises(IntegrityError):
        add(engine, 1)
