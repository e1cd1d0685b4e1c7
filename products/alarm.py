"""The alarm of an answer whose reasons miss its score: it is refused, and whoever watches the platform is told."""

from collections.abc import Iterator
from contextlib import contextmanager

from bureau.errors import ContributionsDisagree
from features.health.alerts import ANSWERS, add_alert
from models.monitoring.days import alert_of_fault
from products.desk import Desk


@contextmanager
def alarmed(desk: Desk) -> Iterator[None]:
    """Around all that loads a model and asks it for one answer. What is given again is read by who would be told."""
    try:
        yield
    except ContributionsDisagree as fault:
        if desk.known_by is None:
            add_alert(desk.home / "health", ANSWERS, desk.today, alert_of_fault(fault))
        raise
