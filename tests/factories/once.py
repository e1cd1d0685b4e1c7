"""Folders that cost seconds to fill: each is filled once a run, whatever the number of its processes, and copied."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

_RUN = "TESTS_MADE_ONCE"


def copy_made_once(name: str, make: Callable[[Path], object], folder: Path) -> None:
    """Fill `folder` with a copy of what `make` put into another one, which nobody writes to afterwards.

    Only what does not remember where it lies can be copied, and no database in it may be open any more.
    """
    shutil.copytree(_filled(name, make), folder, dirs_exist_ok=True)


def _filled(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, filled by whoever asks first while the others wait."""
    made, filled = _of_this_run() / name, _of_this_run() / f"{name}.filled"
    with (_of_this_run() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not filled.exists():
            shutil.rmtree(made, ignore_errors=True)  # left by one that failed
            made.mkdir()
            make(made)
            filled.touch()
    return made


def share(folder: Path) -> None:
    """Say which folder all processes of this run find; those they start inherit it."""
    os.environ[_RUN] = str(folder)


def _of_this_run() -> Path:
    return Path(os.environ[_RUN]) if _RUN in os.environ else _of_this_process()


@cache
def _of_this_process() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="once-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
