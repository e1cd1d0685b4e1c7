"""`make bench`: the numbers of this machine, as ratios of works that ran in one run, in one table."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bureau.clock import now
from bureau.settings import Settings
from tests.bench.billing_lines import FULL, billing_lines, measure_billing, require_room, schedules_line
from tests.bench.lakes import remove, tell
from tests.bench.machine import machine
from tests.bench.measures import (
    audit_lines,
    build_lines,
    growth_lines,
    measure_build,
    measure_scoring,
    measure_training,
    memory_line,
    scoring_lines,
    training_lines,
)
from tests.bench.peers import peer_lines
from tests.bench.running import run_work
from tests.bench.table import Line, as_text, told, write

Part = tuple[dict[str, Any], list[Line]]
"""What a part found out, and its lines of the table."""

SMALL, LARGE = 40_000, 400_000
"""Enterprises of the two lakes: about 10 and 100 million records."""
SQL_BUCKETS = 16
"""Of 16 or 64: DuckDB computes these, and its time is taken for all."""


def main() -> None:
    """Measure, print, write `bench/DATE.json` under the home, remove the lakes."""
    asked = _arguments()
    folder = Settings().home.resolve() / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    parts = asked.only or list(PARTS)
    if "billing" in parts:
        require_room(folder, asked.ledger)
    ground, begun = machine(), time.perf_counter()
    facts, lines = dict[str, Any](), list[Line]()
    for part in parts:
        found, told_of = PARTS[part](asked, folder)
        facts |= found
        lines += told_of
    facts |= {"machine": ground, "seconds": time.perf_counter() - begun}
    write(folder / f"{now():%Y-%m-%d}.json", facts, lines)
    print(f"\n{ground['cores']} cores, {ground['memory_gib']} GiB, load {ground['load']} at the start\n")
    print(as_text(lines))
    sys.exit(any(line.holds is False for line in lines))


def _lakes(asked: argparse.Namespace, folder: Path) -> Part:
    """Two lakes, one ten times the other: features, training, scoring, and what others take for the same."""
    points, lines = [], list[Line]()
    for enterprises in (asked.small, asked.large):
        home = folder / f"city-{enterprises}"
        remove(home)
        try:
            loaded = run_work("load", home, "lakes", enterprises=enterprises)
            compacted = run_work("compact", home, "lakes")
            rows = compacted.facts["rows"]
            rate = f"{rows / loaded.seconds:,.0f} rows/s into the lake"
            lines.append(told(f"load of {rows:,} records", rate, "target: 1.07 bn in 45 minutes"))
            points.append(measure_build(home, tell, SQL_BUCKETS))
            if enterprises == asked.small:
                checked = run_work("verify", home)
                lines.append(_verified(checked.facts["cells"], checked.facts["differing"]))
                continue
            training = measure_training(home, tell, asked.training, SQL_BUCKETS)
            live = run_work("live", home)
            scoring = measure_scoring(home, tell, asked.scored, asked.sample)
        finally:
            remove(home)
    lines += [*build_lines(points[-1]), *training_lines(training)]
    lines.append(told(f"one enterprise live, {live.facts['features']} features", f"p50 {live.facts['p50_ms']:.3f} ms"))
    lines += scoring_lines(scoring)
    lines += peer_lines(folder / "peers", live, tell, asked.peers)
    lines.append(memory_line([loaded, compacted, *points[-1].values(), *training.values(), live]))
    lines += growth_lines(points)
    return {"points": points, "training": training, "scoring": scoring, "live": live}, lines


def _audit(asked: argparse.Namespace, folder: Path) -> Part:
    audited = run_work("seal_log", folder / "audit", "audit", leaves=asked.leaves)
    remove(folder / "audit")
    return {"audit": audited}, list(audit_lines(audited))


def _billing(asked: argparse.Namespace, folder: Path) -> Part:
    billed = measure_billing(folder / "billing", tell, asked)
    return {"billing": billed}, list(billing_lines(billed))


def _schedules(asked: argparse.Namespace, folder: Path) -> Part:
    run = run_work("schedules", folder, "schedules", count=asked.schedules)
    return {"schedules": run}, [schedules_line(run)]


PARTS: dict[str, Callable[[argparse.Namespace, Path], Part]] = {
    "lakes": _lakes,
    "audit": _audit,
    "billing": _billing,
    "schedules": _schedules,
}


def _verified(cells: int, differing: dict[str, int]) -> Line:
    return Line(
        "both DuckDB forms against the kernel",
        f"{cells:,} cells, differing {differing}",
        "0",
        not any(differing.values()),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=SMALL, help="enterprises of the smaller lake")
    parser.add_argument("--large", type=int, default=LARGE, help="enterprises of the larger lake")
    parser.add_argument("--training", type=int, default=20_000, help="enterprises of the training set")
    parser.add_argument("--scored", type=int, default=1_000_000, help="rows scored with exact contributions")
    parser.add_argument("--sample", type=int, default=5_000, help="of them, by LightGBM; a fifth by shap")
    parser.add_argument("--leaves", type=int, default=1_000_000, help="of the audit log that is sealed")
    parser.add_argument("--ledger", type=int, default=1_000_000, help=f"lines of the grown ledger; in full {FULL:,}")
    parser.add_argument("--month", type=int, default=1_000_000, help="calls of the month whose statement is drawn up")
    parser.add_argument("--rounds", type=int, default=3, help="of each server that is called")
    parser.add_argument("--call-seconds", type=float, default=4.0, help="of each round")
    parser.add_argument("--schedules", type=int, default=10_000, help="histories of faults the ledger goes through")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone; may be given again")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True, help="run Feast beside")
    return parser.parse_args()


if __name__ == "__main__":
    main()
