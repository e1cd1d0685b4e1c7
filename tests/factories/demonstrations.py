"""`bureau demo` run as a user runs it, in a process of its own on a fresh home."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Demonstration:
    """A home the demonstration has filled and trained, and what it printed. said: that, and its errors."""

    home: Path
    printed: str
    said: str


def demonstrate(home: Path, *options: str) -> Demonstration:
    """Run `bureau demo --no-serve` to its end on a home."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("BUREAU_")}
    run = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "demo", "--no-serve", *options],
        env=settings | {"BUREAU_HOME": str(home)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Demonstration(home, run.stdout, run.stdout + run.stderr)
