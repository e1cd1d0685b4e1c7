"""`make check-engines`: the whole library by every engine, Spark among them, on records full of edges.

Every cell is held against the reference; the table is kept beside the benchmarks'.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bureau.clock import now
from bureau.errors import BureauError
from bureau.settings import Settings
from features.definitions.library import published
from features.engine.engines import Engine
from features.engine.spark.session import spark_session
from features.store.comparison import Compared, compare, summary
from tests.bench.lakes import tell
from tests.bench.machine import machine, processor_seconds
from tests.bench.table import cells_as_markdown

RESULTS = Path(__file__).parent / "results"
ROWS = 40
"""Records of each feed, before their corrections."""
_JAVA = "--driver-memory 2g pyspark-shell"
"""The whole library's sentences do not fit in Java's usual gigabyte."""
_COLUMNS = ("engine", "form", "cells", "known", "peers", "varying", "differing", "example")


def main() -> None:
    """Compare, print and keep the table; ends with 1 where a cell differs, with 2 where an engine cannot run."""
    asked = _arguments()
    engines = [Engine(name) for name in asked.engines.split(",")]
    try:
        compared, seconds = compared_by(engines, asked.rows, asked.seed)
    except BureauError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    ground = machine()
    title = (
        f"{len(published())} features by {', '.join(engines)} on {asked.rows} records of each feed, seed {asked.seed}: "
        f"{seconds:,.0f} seconds of processor, {ground['cores']} cores, {ground['memory_gib']} GiB"
    )
    table = cells_as_markdown(title, _COLUMNS, [asdict(one) for one in compared]) + f"\n{summary(compared)}\n"
    path = RESULTS / f"engines-{now():%Y-%m-%d}.md"
    path.write_text(table, "utf-8")
    print(f"{table}\n{path}")
    sys.exit(any(one.differing for one in compared))


def compared_by(engines: Sequence[Engine], rows: int, seed: int) -> tuple[list[Compared], float]:
    """All that was held against the reference, and the seconds of processor it took, Java's among them."""
    compared = []
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", _JAVA)
    with TemporaryDirectory(prefix="bureau-engines-") as folder, spark_session(Settings().spark_master):
        for one in compare(Path(folder), [entry.name for entry in published()], rows, seed, engines):
            tell(f"{one.engine}, {one.form}: {one.differing:,} of {one.cells:,} cells differ")
            compared.append(one)
        seconds = processor_seconds(os.getpid())
    return compared, seconds


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default=",".join(Engine))
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
