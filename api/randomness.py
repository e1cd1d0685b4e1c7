"""Random bytes of the operating system, fetched many at a time: each asking costs a turn among the threads."""

import os
from threading import Lock

_FETCHED_BYTES = 4096


class _Store:
    """Bytes that are each given out once. A process that was forked off fetches its own."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._bytes, self._at = b"", 0

    def take(self, count: int) -> bytes:
        with self._lock:
            if self._at + count > len(self._bytes):
                self._bytes, self._at = os.urandom(max(_FETCHED_BYTES, count)), 0
            self._at += count
            return self._bytes[self._at - count : self._at]

    def forget(self) -> None:
        self._bytes, self._at = b"", 0


_store = _Store()
os.register_at_fork(after_in_child=_store.forget)


def random_bytes(count: int) -> bytes:
    """As unpredictable as `os.urandom`, and never the same twice."""
    return _store.take(count)
