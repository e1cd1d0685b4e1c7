"""`make check-city`: a city of 100,000 held against all its generator promises, a naive join's gain among them.

The table is kept beside the benchmarks'. A load that was killed goes on; the city is removed at the end.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bureau.clock import now
from bureau.settings import Settings
from features.sources.checking import check_source
from features.sources.loading import SourceOptions, load_source
from features.sources.source import Check
from tests.bench.lakes import remove, tell
from tests.bench.machine import machine
from tests.bench.table import cells_as_markdown
from tests.factories.homes import lake_in

PROMISED = 100_000
"""Enterprises of the city whose table is kept."""
RESULTS = Path(__file__).parent / "results"
_COLUMNS = ("rule", "target", "found", "room", "verdict", "note")


def main() -> None:
    """Load, check, print and keep the table; ends with 1 where a promise is missed and no reason for it is known."""
    asked = _arguments()
    home = Settings().home.resolve()
    checks = checked(home / f"check-city-{asked.enterprises}", asked.enterprises, asked.data)
    ground = machine()
    title = f"The promises of {asked.enterprises:,} enterprises, on {ground['cores']} cores, {ground['memory_gib']} GiB"
    results = RESULTS if asked.enterprises == PROMISED else home / "bench"
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"promises-{now():%Y-%m-%d}-{asked.enterprises}.md"
    path.write_text(as_markdown(title, checks), "utf-8")
    print(f"{as_markdown(title, checks)}\n{path}")
    sys.exit(any(check.fails for check in checks))


def checked(home: Path, enterprises: int, data: Path | None = None) -> tuple[Check, ...]:
    """Load a city with its deliveries kept, and everything `bureau source check` asks of it."""
    lake = lake_in(home)
    options = SourceOptions(enterprises=enterprises, keep=True)
    load_source(lake, home, "city", options, at=now(), tell=lambda line, done: tell(f"{line} ({done:.0%})"))
    checks = check_source(lake, home, data)
    remove(home)
    return checks


def as_markdown(title: str, checks: Sequence[Check]) -> str:
    """The table as Markdown under a title."""
    return cells_as_markdown(title, _COLUMNS, [vars(check) for check in checks])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=PROMISED)
    parser.add_argument("--data", type=Path, help="directory of real invoices to hold the city's against")
    return parser.parse_args()


if __name__ == "__main__":
    main()
