"""The alarm of an answer whose reasons miss its score: it is refused, and whoever watches the platform is told."""

from contextlib import AbstractContextManager, nullcontext

from models.monitoring.alarm import alarmed as alarmed_in
from products.desk import Desk


def alarmed(desk: Desk) -> AbstractContextManager[None]:
    """Around all that loads a model and asks it for one answer. What is given again is read by who would be told."""
    return alarmed_in(desk.home, desk.today, "answers") if desk.known_by is None else nullcontext()
