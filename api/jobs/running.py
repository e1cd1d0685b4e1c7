"""The works done beside a serving process, or alone by `bureau worker`: by the queue on PostgreSQL, else by a clock."""

from contextlib import AbstractContextManager

from api.jobs.clockwork import by_the_clock
from api.jobs.queued import from_the_queue
from api.jobs.works import Workplace


def working(place: Workplace) -> AbstractContextManager[None]:
    """Do what is due while the block runs; its end waits for what is under way."""
    return from_the_queue(place) if place.engine.dialect.name == "postgresql" else by_the_clock(place)
