"""The works by the clock of the process itself: for SQLite, where nothing else has to be started."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from api.jobs.works import WORKS, Workplace

_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
_log = logging.getLogger("bureau.jobs")


@contextmanager
def by_the_clock(place: Workplace) -> Iterator[None]:
    """Do each work every so many seconds, the first time at once; the end waits for what is under way."""
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(WORKS))}, job_defaults=_DEFAULTS, timezone=UTC
    )
    for name, work in WORKS.items():
        scheduler.add_job(do, "interval", (place, name), id=name, seconds=work.seconds, next_run_time=datetime.now(UTC))
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()


def do(place: Workplace, name: str) -> None:
    """Do one work now. A database that is away for a while ends nothing: the next time comes."""
    try:
        WORKS[name].does(place, place.clock())
    except Exception:  # one work's fault, whatever it is, must not end the others
        _log.exception("%s failed; it is tried again", name)
