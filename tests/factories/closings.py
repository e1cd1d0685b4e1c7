"""A day's closing on that very day, and one that is killed at a said moment, run in a process of its own."""

import os
import signal
from datetime import date
from pathlib import Path
from threading import Timer

import pytest

from api import closing_cli
from bureau.settings import Settings
from features.closing.journal import Tell, open_journal
from tests.factories.lakes import instant


def close_on(home: Path, day: date, tell: Tell) -> None:
    """Close a day that lies in the past by a clock that shows nine in the morning of it, in Shanghai."""
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(closing_cli, "now", lambda: instant(f"{day}T01:00"))
        settings = Settings(home=home, today=day, _env_file=None)
        closing_cli.close(settings, open_journal(home / "closing", day, tell), day)


def close_until_killed(home: Path, day: date, lines: int, seconds: float) -> None:
    """Close a day and be killed so many seconds after so many steps of it are done, by this run or one before."""
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        if len(told) == lines:
            _die_in(seconds)

    if lines == 0:
        _die_in(seconds)
    close_on(home, day, tell)


def _die_in(seconds: float) -> None:
    Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
