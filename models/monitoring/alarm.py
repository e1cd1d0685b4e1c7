"""The alarm of reasons that miss their score: what was asked is refused, and whoever watches the platform is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bureau.errors import ContributionsDisagree
from features.health.alerts import ANSWERS, add_alert
from models.monitoring.days import Withheld, alert_of_fault


@contextmanager
def alarmed(home: Path, day: date, what: Withheld) -> Iterator[None]:
    """Around all that loads a model and asks it. what: of whose kind the words are that are withheld."""
    try:
        yield
    except ContributionsDisagree as fault:
        add_alert(home / "health", ANSWERS, day, alert_of_fault(fault, what))
        raise
