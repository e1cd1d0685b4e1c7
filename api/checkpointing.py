"""SQLite's log is copied into its file beside the writer, not by it.

By itself SQLite does this within whichever commit makes the log longer than a thousand pages: of a grown ledger these
lie scattered over the file, and to write and sync them stops every caller for up to a second. A thread with a
connection of its own does it while others write (https://www.sqlite.org/wal.html, "Checkpointing").
"""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

from sqlalchemy import Engine, event

_EACH_SECONDS = 0.5
_LATE_PAGES = 20_000
"""Of a process in which no thread does it, or of a thread that does not keep up."""
_LONG_BYTES = 64 * 2**20
"""Of a log whose writers leave it no moment to begin anew: then they wait for that, a moment at most."""
_MOMENT_SECONDS = 0.1
_log = logging.getLogger(__name__)


def checkpoint_late(engine: Engine) -> None:
    """Let a commit on SQLite copy the log only where it has grown very long."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tell)


def _tell(driver: Any, _record: Any) -> None:
    driver.execute(f"PRAGMA wal_autocheckpoint={_LATE_PAGES}")


class Checkpointing:
    """Copies from its start to its end; nothing where the database is no file of SQLite."""

    def __init__(self, engine: Engine) -> None:
        name = engine.url.database if engine.dialect.name == "sqlite" else None
        self._path = None if not name or name == ":memory:" else Path(name)
        self._ended = Event()
        self._thread = Thread(target=self._run, args=(self._path,), name="checkpoints", daemon=True)

    def start(self) -> None:
        if self._path is not None:
            self._thread.start()

    def close(self) -> None:
        """End after what is being copied. Doing it twice changes nothing."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self, path: Path) -> None:
        log, seen = path.with_name(f"{path.name}-wal"), None
        while not self._ended.wait(_EACH_SECONDS):
            try:
                written = log.stat()
                if (written.st_size, written.st_mtime_ns) != seen:
                    _copy(path, long=written.st_size > _LONG_BYTES)
                    seen = written.st_size, written.st_mtime_ns
            except (OSError, sqlite3.Error) as problem:  # a full disk, say: the writer meets it too, and tells
                _log.warning("The ledger's log was not copied into its file, and grows: %s", problem)


def _copy(path: Path, *, long: bool) -> None:
    with closing(sqlite3.connect(path, timeout=_MOMENT_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        if long:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # little is left to copy by now
