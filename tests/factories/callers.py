"""Many callers of one bank at once, who ask again under the same key until each key has its answer."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Lock
from typing import Any

CALLERS = 64
_PATIENCE_SECONDS = 120
_AGAIN_AFTER_SECONDS = 0.3


@dataclass(frozen=True)
class Answer:
    """As it came. headers: by name, in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass
class Callers:
    """The keys that still need an answer, and what each of the others was answered. body_of: what a key asks for."""

    path: str
    client_id: str
    headers: dict[str, str]
    body_of: Callable[[str], dict[str, Any]]
    left: deque[str] = field(default_factory=deque)
    answers: dict[str, Answer] = field(default_factory=dict)
    refused: list[Answer] = field(default_factory=list)
    _strike: Callable[[], None] = lambda: None
    _strike_at: int = 0
    _counting: Lock = field(default_factory=Lock)

    def call_all(
        self, port: int, keys: Iterable[str] = (), *, strike: Callable[[], None] = lambda: None, after: int = 0
    ) -> None:
        """Call until every key has its answer, or nobody answers any more; `strike` after so many answers."""
        self.left.extend(keys)
        self._strike, self._strike_at = strike, len(self.answers) + after
        with ThreadPoolExecutor(CALLERS) as pool:
            for caller in [pool.submit(self._call, port) for _ in range(CALLERS)]:
                caller.result()

    def _call(self, port: int) -> None:
        """One caller. What got no answer is left to whoever comes to it."""
        connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        until = time.monotonic() + _PATIENCE_SECONDS
        while (key := self._next()) is not None:
            try:
                answer = self._ask(connection, key)
            except (OSError, HTTPException):
                self.left.append(key)
                break
            if answer.status != 201:
                self.refused.append(answer)
                self.left.append(key)
                assert time.monotonic() < until, f"no answer any more, but {answer.content!r}"
                time.sleep(_AGAIN_AFTER_SECONDS)
                continue
            with self._counting:
                self.answers[key] = answer
                if len(self.answers) == self._strike_at:
                    self._strike()
        connection.close()

    def _next(self) -> str | None:
        try:
            return self.left.popleft()
        except IndexError:
            return None

    def _ask(self, connection: HTTPConnection, key: str) -> Answer:
        headers = self.headers | {"Idempotency-Key": key, "Content-Type": "application/json"}
        connection.request("POST", self.path, json.dumps(self.body_of(key)).encode(), headers)
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())
