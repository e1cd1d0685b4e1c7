"""`make bench-city`: the reference city from nothing to a closed day, at full size unless a smaller one is asked for.

Each step's facts are kept as it ends, so that the same command after a kill goes on with the step it was in; a load
goes on with the deliveries that have not landed. The city comes first, the smaller ones that show growth after it.
Everything is removed at the end but the results.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bureau.clock import now
from bureau.settings import Settings
from features.sources.source import read_source
from tests.bench.held_day import deliver_held
from tests.bench.lakes import remove, size_of, tell
from tests.bench.machine import AnonymousPeak, machine
from tests.bench.measures import PEAK_MIB
from tests.bench.running import ROOT, run_work
from tests.bench.table import Line, as_markdown, as_text, at_most, told, write

FULL = 4_000_000
GROWTH = (40_000, 400_000, 1_200_000)
"""Smaller cities of the growth series: 10, 100 and 300 million records."""
TRAINED = 0.05
"""Of the enterprises, in the training set: 200,000 of the full city."""
DISK_GB = 45
RESULTS = Path(__file__).parent / "results"
WORKS = ("decode", "features_from_parquet", "build_hot", "features_from_hot", "training", "live")


class Steps:
    """The facts of the steps that are done, kept in one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.done: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def step(self, name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The facts of a step: of an earlier run, else of doing it now."""
        if name not in self.done:
            begun = time.perf_counter()
            facts = work()
            self.done[name] = facts | {"step_seconds": round(time.perf_counter() - begun, 1)}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self.done, default=str), "utf-8")
            tell(f"{name}: {self.done[name]['step_seconds']:,.0f} s")
        found: dict[str, Any] = self.done[name]
        return found


def main() -> None:
    """Run every step, keep the results as they come, print the table, remove the rest."""
    asked = _arguments()
    folder = Settings().home.resolve() / f"bench-city-{asked.enterprises}"
    steps = Steps(folder / "steps.json")
    ground = steps.step("machine", lambda: dict(machine()))
    full = _full(steps, folder / "home", asked.enterprises)
    remove(folder / "home")
    points: list[dict[str, Any]] = []
    _keep(steps, [full], asked.enterprises)
    for size in asked.growth:
        if size < asked.enterprises:
            points.append(_point(steps, folder, size))
            _keep(steps, [*points, full], asked.enterprises)
    lines = [*_lines([*points, full])]
    print(f"\n{_title(ground, asked.enterprises)}\n\n{as_text(lines)}")
    remove(folder)
    sys.exit(any(line.holds is False for line in lines))


def _keep(steps: Steps, points: list[dict[str, Any]], enterprises: int) -> None:
    """The results so far, kept: of the city as soon as its day is closed, then with every smaller one."""
    lines = [*_lines(points)]
    results = RESULTS if enterprises == FULL else Settings().home.resolve() / "bench"
    name = f"city-{now():%Y-%m-%d}" + ("" if enterprises == FULL else f"-{enterprises}")
    write(results / f"{name}.json", {"steps": steps.done}, lines)
    title = _title(steps.done["machine"], enterprises)
    (results / f"{name}.md").write_text(as_markdown(title, lines), "utf-8")


def _title(ground: dict[str, Any], enterprises: int) -> str:
    size = f"{enterprises:,} enterprises on {ground['cores']} cores, {ground['memory_gib']} GiB"
    return f"{size}, load {ground['load']} at the start"


def _full(steps: Steps, home: Path, enterprises: int) -> dict[str, Any]:
    """Every step of the city itself."""
    point = _measured(steps, home, "city", enterprises, WORKS, hold=True)
    inbox = steps.step("inbox", lambda: {"rows": deliver_held(home / "held", home / "inbox")})
    closed = steps.step("close-day", lambda: _close(home))
    return point | {"inbox": inbox, "close-day": closed}


def _point(steps: Steps, folder: Path, enterprises: int) -> dict[str, Any]:
    """One smaller city of the growth series, removed once it is measured."""
    home = folder / f"growth-{enterprises}"
    works = ("decode", "features_from_parquet", "build_hot", "features_from_hot")
    point = _measured(steps, home, f"growth {enterprises}", enterprises, works, hold=False)
    remove(home)
    return point


def _measured(
    steps: Steps, home: Path, name: str, enterprises: int, works: tuple[str, ...], hold: bool
) -> dict[str, Any]:
    """Load a city and run works on it."""
    load = partial(run_work, "load", home, "lakes", enterprises=enterprises, hold=hold)
    found = {"load": steps.step(f"{name}: load", lambda: asdict(load()))}
    found["compact"] = steps.step(f"{name}: compact", lambda: asdict(run_work("compact", home, "lakes")))
    for work in works:
        options = {"enterprises": max(int(enterprises * TRAINED), 1)} if work == "training" else {}
        found[work] = steps.step(f"{name}: {work}", partial(_ran, work, home, options))
    found["disk"] = steps.step(f"{name}: disk", lambda: {"gb": size_of(home) / 1e9})
    return found


def _close(home: Path) -> dict[str, Any]:
    """Close the last day in a process of its own."""
    source = read_source(home)
    if source is None:
        raise SystemExit(f"{home} holds no records.")
    command = [sys.executable, "-c", "from api.cli import main; main()", "close-day", "--day", f"{source.last_day}"]
    setting = os.environ | {"BUREAU_HOME": str(home), "PYTHONPATH": str(ROOT)}
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=setting)
    with AnonymousPeak(process.pid) as peak:
        code = process.wait()
    if code:
        raise SystemExit(f"close-day ended with exit code {code}; the same command goes on with it.")
    return {"seconds": time.perf_counter() - begun, "peak_mib": peak.kib / 1024}


def _lines(points: list[dict[str, Any]]) -> Iterator[Line]:
    """The table of cities of growing size, of which the last has every step."""
    full = points[-1]
    load, decode, parquet, hot = (full[name] for name in ("load", *(WORKS[place] for place in (0, 1, 3))))
    lake = full["compact"]["facts"]
    rows = lake["rows"]
    yield told(f"cold load of {rows:,} records", f"{load['seconds'] / 60:.1f} min", "target: 45 min")
    yield told("load", f"{rows / load['seconds']:,.0f} rows/s", "target: 2 M rows/s generated")
    yield told("compaction", f"{full['compact']['seconds'] / 60:.1f} min")
    yield at_most(
        "disk, lake and hot files", full["disk"]["gb"], DISK_GB, "GB", f" ({lake['bytes'] / rows:.1f} B a row)"
    )
    what = f"{parquet['facts']['features']} features of {parquet['facts']['rows']:,} enterprises"
    yield at_most(f"{what}, from Parquet", parquet["seconds"] / decode["seconds"], 2.2, "x decode", _took(parquet))
    yield told(f"{what}, from hot files", f"{parquet['seconds'] / hot['seconds']:.1f} x faster{_took(hot)}", "5 x")
    yield told("making the hot files", f"{full['build_hot']['seconds']:.1f} s")
    training, live = full["training"], full["live"]
    yield told(f"training set of {training['facts']['rows']:,} rows", f"{training['seconds']:.1f} s")
    yield told("one enterprise live", f"p50 {live['facts']['p50_ms']:.3f} ms, p99 {live['facts']['p99_ms']:.3f} ms")
    closing = f"{full['close-day']['seconds'] / 60:.1f} min"
    yield told(f"close-day with {full['inbox']['rows']:,} new rows", closing, "target: 10 min")
    peaks = {name: facts["peak_mib"] for name, facts in full.items() if "peak_mib" in facts and name != "decode"}
    most = max(peaks, key=lambda name: peaks[name])
    yield at_most("peak anonymous memory", peaks[most], PEAK_MIB, "MiB", f" ({most})")
    for work in ("features_from_parquet", "features_from_hot"):
        for point in points[1:]:
            rise = 100 * (_per_row(point, work) / _per_row(points[0], work) - 1)
            sizes = f"{_rows(points[0]):,} to {_rows(point):,} records"
            yield at_most(f"growth, {work}, {sizes}", rise, 15, "% per row")


def _per_row(point: dict[str, Any], work: str) -> float:
    return float(point[work]["seconds"]) / _rows(point)


def _rows(point: dict[str, Any]) -> int:
    return int(point["compact"]["facts"]["rows"])


def _took(work: dict[str, Any]) -> str:
    return f" ({work['seconds']:.1f} s)"


def _ran(work: str, home: Path, options: dict[str, Any]) -> dict[str, Any]:
    return asdict(run_work(work, home, **options))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=FULL, help="of the city")
    parser.add_argument(
        "--growth", type=int, nargs="*", default=GROWTH, help="enterprises of smaller cities to measure"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
