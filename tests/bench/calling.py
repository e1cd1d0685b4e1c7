"""Callers that keep a server busy: connections that each wait for one answer and ask again, until the time is over."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import cast

import uvloop

CREATED = b"HTTP/1.1 201"


@dataclass(frozen=True)
class Asked:
    """What is asked again and again, one body after the other, each time under a new idempotency key."""

    host: str
    port: int
    path: str
    headers: dict[str, str]
    bodies: Sequence[bytes]

    def request(self, number: int, key: str) -> bytes:
        body = self.bodies[number % len(self.bodies)]
        fixed = f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        told = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        length = f"Content-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n\r\n"
        return (fixed + told + length).encode() + body


@dataclass
class Answers:
    """seconds: how long each answer took, in the order they came. wall: of all of them."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.wall

    def at(self, share: float) -> float:
        """Milliseconds that a share of the answers stayed within."""
        ordered = sorted(self.seconds)
        return 1e3 * ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def call(asked: Asked, *, connections: int, seconds: float) -> Answers:
    """Every connection's answers of that time; raises `RuntimeError` where one is no new answer."""
    return uvloop.run(_call(asked, connections, seconds))


async def _call(asked: Asked, connections: int, seconds: float) -> Answers:
    answers, begun = Answers(), time.perf_counter()
    requests = (asked.request(number, f"{begun}-{number}") for number in count())
    loop = asyncio.get_running_loop()
    callers = [_Caller(requests, answers, begun + seconds) for _ in range(connections)]
    for caller in callers:
        await loop.create_connection(lambda caller=caller: caller, asked.host, asked.port)  # type: ignore[misc]  # a default binds the loop's variable
    results = await asyncio.gather(*(caller.done for caller in callers), return_exceptions=True)
    answers.wall = time.perf_counter() - begun
    for result in results:
        if isinstance(result, BaseException):
            raise RuntimeError(str(result))
    return answers


class _Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], answers: Answers, until: float) -> None:
        self.requests, self.answers, self.until = requests, answers, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class
        self._ask()

    def _ask(self) -> None:
        self.got, self.asked_at = b"", time.perf_counter()
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, blank, body = self.got.partition(b"\r\n\r\n")
        if not blank or len(body) < _length(head):
            return
        now = time.perf_counter()
        self.answers.seconds.append(now - self.asked_at)
        if not head.startswith(CREATED) or b"idempotent-replayed" in head.lower():
            self._end(RuntimeError(f"no new answer: {self.got[:600]!r}"))
        elif now < self.until:
            self._ask()
        else:
            self._end(None)

    def _end(self, problem: Exception | None) -> None:
        self.transport.close()
        if problem is not None and not self.done.done():
            self.done.set_exception(problem)
        elif not self.done.done():
            self.done.set_result(None)

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem or RuntimeError("the server closed the connection"))


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"content-length:")
    return int(after.partition(b"\r\n")[0] or 0)
