"""`bureau demo` run as a user runs it, in a process of its own on a fresh home."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.factories.once import copy_made_once


@dataclass(frozen=True)
class Demonstration:
    """A home the demonstration has filled and trained, and what it printed. said: that, and its errors."""

    home: Path
    printed: str
    said: str


def demonstrated(folder: Path, *options: str) -> Demonstration:
    """`bureau demo --no-serve` run to its end; `options` begin with its source, which is run once a run of tests."""
    copy_made_once(f"demo of {options[1]}", lambda made: _demonstrate(made, *options), folder)
    printed, complained = ((folder / name).read_text("utf-8") for name in ("printed", "complained"))
    return Demonstration(folder / "home", printed, printed + complained)


def _demonstrate(folder: Path, *options: str) -> None:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("BUREAU_")}
    run = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "demo", "--no-serve", *options],
        env=settings | {"BUREAU_HOME": str(folder / "home")},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    (folder / "printed").write_text(run.stdout, "utf-8")
    (folder / "complained").write_text(run.stderr, "utf-8")
