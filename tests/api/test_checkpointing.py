"""The log of a ledger on SQLite is copied into its file while others write."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api import checkpointing
from api.checkpointing import Checkpointing, checkpoint_late
from bureau.db import open_engine
from tests.factories.note_book import note_book


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with note_book(tmp_path, checkpoint_late) as opened:
        yield opened


@contextmanager
def copying(engine: Engine) -> Iterator[None]:
    begun = Checkpointing(engine)
    begun.start()
    try:
        yield
    finally:
        begun.close()
        begun.close()


def write(engine: Engine, rows: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO note (said) VALUES (zeroblob(4000))"), [{}] * rows)


def wait_until(reached: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not reached() and time.monotonic() < until:
        time.sleep(0.05)
    return reached()


def sizes(engine: Engine) -> tuple[int, int]:
    """Bytes of the file and of its log."""
    path = Path(str(engine.url.database))
    return path.stat().st_size, path.with_name(f"{path.name}-wal").stat().st_size


def test_a_commit_does_not_copy(engine: Engine) -> None:
    before, _ = sizes(engine)
    write(engine, 3000)
    assert sizes(engine)[0] == before


def test_what_was_written_is_copied_beside(engine: Engine) -> None:
    with copying(engine):
        write(engine, 3000)
        assert wait_until(lambda: sizes(engine)[0] > 3000 * 4000)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT COUNT(*) FROM note")) == 3000


def test_a_long_log_begins_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "_LONG_BYTES", 2**20)
    with copying(engine):
        write(engine, 1000)
        assert wait_until(lambda: sizes(engine)[1] == 0)


def test_a_reader_of_before_is_not_waited_for(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "_LONG_BYTES", 2**20)
    write(engine, 10)
    with engine.connect() as reading, copying(engine):
        reading.exec_driver_sql("BEGIN")  # without it every query sees the newest
        assert reading.scalar(text("SELECT COUNT(*) FROM note")) == 10
        write(engine, 1000)
        time.sleep(1.5)
        began = time.monotonic()
        write(engine, 1)
        assert time.monotonic() - began < 10
        assert reading.scalar(text("SELECT COUNT(*) FROM note")) == 10


def test_a_file_that_cannot_be_copied_is_told_and_tried_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, tried = checkpointing._copy, 0

    def fail_once(path: Path, *, long: bool) -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise sqlite3.OperationalError("database or disk is full")
        real(path, long=long)

    monkeypatch.setattr(checkpointing, "_copy", fail_once)
    with copying(engine):
        write(engine, 100)
        assert wait_until(lambda: sizes(engine)[0] > 100 * 4000)
    assert "was not copied into its file, and grows: database or disk is full" in caplog.text


def test_a_database_in_memory_has_no_log() -> None:
    with closing(open_engine("sqlite:///:memory:").raw_connection()), copying(open_engine("sqlite:///:memory:")):
        pass
