"""Run one work in a process of its own: its seconds, its peak of anonymous memory, and what it found out."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.machine import AnonymousPeak, load

ROOT = Path(__file__).parents[2]
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """seconds: of the best round, wall. cpu: of that round, all threads. peak_mib: anonymous, starting included."""

    work: str
    seconds: float
    cpu: float
    peak_mib: float
    load: float
    facts: Facts


class WorkFailed(Exception):
    """A work ended without an answer; the text is the end of what it said."""


def run_work(work: str, home: Path, module: str = "works", **options: Any) -> Outcome:
    """Run a work of a module, `works`, `scores`, `lakes` or `audit`, in a home."""
    command = [sys.executable, "-W", "ignore", "-m", f"tests.bench.{module}", work, json.dumps(options)]
    setting = os.environ | {"BUREAU_HOME": str(home), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=setting, stdout=subprocess.PIPE, text=True)
    with AnonymousPeak(process.pid) as peak:
        said, _ = process.communicate()
    if process.returncode:
        raise WorkFailed(f"{work} ended with exit code {process.returncode}: {said[-500:]}")
    told = json.loads(said.splitlines()[-1])
    return Outcome(work, told.pop("seconds"), told.pop("cpu"), round(peak.kib / 1024, 1), load(), told)
