"""Feast beside us on its workload, in an environment made for it and removed afterwards."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench import peer_work
from tests.bench.running import ROOT, Outcome
from tests.bench.table import Line, at_least, told

EXTRA = "peers"
"""The optional dependencies of a peer, installed apart: Feast pins other versions of what we use."""


class NoPeer(Exception):
    """Feast cannot be had on this machine; the text says why."""


def peer_lines(folder: Path, live: Outcome, tell: Callable[[str], None], wanted: bool) -> Iterator[Line]:
    """The two bars against Feast, or a line that says why they were skipped."""
    if not wanted:
        yield told("Feast", "skipped: --no-peers")
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        python = _install(folder / "environment", tell)
        peer_work.generate(folder)
        theirs = {step: _step(python, folder, step) for step in ("apply", "historical", "materialize", "online")}
    except NoPeer as reason:
        yield told("Feast", f"skipped: {reason}")
        return
    ours = peer_work.historical(folder)
    ratio = theirs["historical"]["seconds"] / ours["seconds"]
    note = f" ({ours['differing']} differing cells; making hot rows {ours['making_seconds'] / ours['seconds']:.1f} x)"
    yield at_least("point in time on Feast's workload, against Feast", ratio, 20, "x faster", note)
    ratio = theirs["online"]["p50_ms"] / live.facts["p50_ms"]
    version = theirs["online"]["version"]
    what = f"one enterprise live, {live.facts['features']} features, against Feast {version}'s read of 20"
    yield at_least(what, ratio, 2, "x faster", f" ({live.facts['p50_ms']:.3f} ms)")
    shutil.rmtree(folder, ignore_errors=True)


def _install(environment: Path, tell: Callable[[str], None]) -> Path:
    tell("installing Feast in an environment of its own")
    uv = str(Path(sys.executable).with_name("uv"))
    python = environment / "bin" / "python"
    _say(uv, "venv", "--quiet", "--python", sys.executable, str(environment))
    _say(uv, "pip", "install", "--quiet", "--python", str(python), *_packages())
    return python


def _packages() -> list[str]:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages: list[str] = told["project"]["optional-dependencies"][EXTRA]
    return packages


def _step(python: Path, folder: Path, step: str) -> dict[str, Any]:
    said = _say(str(python), "-W", "ignore", str(ROOT / "tests" / "bench" / "peer_feast.py"), str(folder), step)
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def _say(*command: str) -> str:
    quiet = os.environ | {"FEAST_USAGE": "False"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=quiet)
    if done.returncode:
        raise NoPeer((done.stderr.strip() or done.stdout.strip()).splitlines()[-1][:200])
    return done.stdout
