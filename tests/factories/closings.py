"""A day's closing that is killed at a said moment; run in a process of its own."""

import os
import signal
from datetime import date
from pathlib import Path
from threading import Timer

from api.closing_cli import close
from bureau.settings import Settings
from features.closing.journal import open_journal


def close_until_killed(home: Path, day: date, lines: int, seconds: float) -> None:
    """Close a day and be killed so many seconds after so many steps of it are done, by this run or one before."""
    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)
        if len(told) == lines:
            _die_in(seconds)

    if lines == 0:
        _die_in(seconds)
    close(Settings(home=home, today=day, _env_file=None), open_journal(home / "closing", day, tell), day)


def _die_in(seconds: float) -> None:
    Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()
