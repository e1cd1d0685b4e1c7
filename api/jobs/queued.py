"""The works from the queue in PostgreSQL, by procrastinate: each job by one worker, at least once.

A worker that dies stops saying that it lives, and what it had begun is done by another.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.worker import Worker
from sqlalchemy import Engine

from api.jobs.queue import SEND_WEBHOOKS
from api.jobs.works import WORKS, Work, Workplace

QUEUE = "bureau"
HEARTBEAT_SECONDS = 2.0
SILENT_SECONDS = 10.0
"""A worker that was not heard of for so long is dead."""
AT_ONCE = 4
"""A receiver of webhooks that does not answer holds up nothing else."""
_AGAIN_SECONDS = 2.0
_POLL_SECONDS = 2.0
_TWICE_MORE = RetryStrategy(max_attempts=3, wait=5)
_MADE_UP_FOR_SECONDS = 3_600
"""For how long after its time a recurring work is still done: what recurs by the hour is done when a worker begins."""
_log = logging.getLogger("bureau.jobs")


@contextmanager
def from_the_queue(place: Workplace) -> Iterator[None]:
    """Do what is enqueued, and enqueue what recurs; the end waits for what is under way."""
    loop = _Loop(place)
    thread = Thread(target=loop.run, name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.stop()
        thread.join()


class _Loop:
    """One worker in a thread; a database that is away for a while ends it, and it begins again."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._events = asyncio.new_event_loop()
        self._ended = asyncio.Event()

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._events) as runner:
            runner.run(self._work())

    def stop(self) -> None:
        self._events.call_soon_threadsafe(self._ended.set)

    async def _work(self) -> None:
        while not self._ended.is_set():
            try:
                await self._work_until_the_end()
            except Exception:  # the thread must outlive a database that is away
                _log.exception("the queue of jobs does not answer; it is asked again")
            await _wait(self._ended, _AGAIN_SECONDS)

    async def _work_until_the_end(self) -> None:
        app = open_queue(self._place)
        async with app.open_async():
            worker = Worker(
                app,
                name="bureau",
                concurrency=AT_ONCE,
                fetch_job_polling_interval=_POLL_SECONDS,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=SILENT_SECONDS,
            )
            working: asyncio.Future[None] = asyncio.ensure_future(worker.run())  # type: ignore[no-untyped-call]  # procrastinate's own
            beside: list[asyncio.Future[Any]] = [
                asyncio.ensure_future(waited) for waited in (self._ended.wait(), _resume_forever(app))
            ]
            await asyncio.wait((working, *beside), return_when=asyncio.FIRST_COMPLETED)
            for waiting in beside:
                waiting.cancel()
            worker.stop()  # type: ignore[no-untyped-call]  # as above
            await working


def open_queue(place: Workplace) -> App:
    """The queue, with every work as a task that recurs."""
    connector = PsycopgConnector(conninfo=_address(place.engine), min_size=1, max_size=AT_ONCE + 2)
    app = App(connector=connector, periodic_defaults={"max_delay": _MADE_UP_FOR_SECONDS})
    for name, work in WORKS.items():
        _recurring(app, place, name, work)
    return app


def _recurring(app: App, place: Workplace, name: str, work: Work) -> None:
    """Of what waits in the queue, webhooks come last: there may be many, and only they wait for others' servers."""

    @app.periodic(cron=work.cron)
    @app.task(name=name, queue=QUEUE, retry=_TWICE_MORE, priority=int(name != SEND_WEBHOOKS))
    def do(timestamp: int | None = None, **_asked: str) -> None:  # noqa: ARG001 - the queue hands both over
        work.does(place, place.clock())


async def resume(app: App) -> int:
    """Put back what dead workers had begun; returns how much."""
    left = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS))
    for job in left:
        await app.job_manager.retry_job(job)
    return len(left)


async def _resume_forever(app: App) -> None:
    while True:
        await resume(app)
        await asyncio.sleep(SILENT_SECONDS / 2)


def _address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


async def _wait(ended: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(ended.wait(), seconds)
    except TimeoutError:
        return
