"""Who writes next: on SQLite, writers of one process in the order they came.

SQLite lets one transaction write, and whoever finds it writing sleeps and asks again, up to a tenth of a second apart.
While calls come without a pause the ledger's writer begins its next group within a millisecond of the last, so that
the others (a consent, a need, a webhook's delivery, the sealing of the log) hardly ever find the moment between. Here
they stand in one line. Other processes ask SQLite alone, as before: commands, which wait up to half a minute.
"""

from collections import deque
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, event

_PATIENCE_SECONDS = 30.0
"""As long as SQLite itself would wait; then it is asked all the same, and refuses."""
_WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN ")
_TURN = "bureau_turn"
"""In a pooled connection's record: it has the turn, until the connection goes back to its pool."""


class WriteQueue:
    """One turn at a time, handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._lock, self._taken = Lock(), False
        self._waiting: deque[Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn; False where it did not come in time."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # handed over in the moment the patience ended

    def give(self) -> None:
        """Hand the turn on. By whoever has it; a thread may give what another took."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


def queue_writers(engine: Engine) -> None:
    """Let an engine's transactions on SQLite stand in line from their first writing until they end."""
    if engine.dialect.name != "sqlite":
        return
    queue = WriteQueue()

    @event.listens_for(engine, "before_cursor_execute")
    def _take(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(_WRITES):
            told = connection.connection.record_info
            if told is not None and _TURN not in told and queue.take(_PATIENCE_SECONDS):
                told[_TURN] = True

    @event.listens_for(engine, "checkin")
    def _give(_driver: Any, record: Any) -> None:
        if record.record_info.pop(_TURN, None):
            queue.give()
