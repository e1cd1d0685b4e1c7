"""`bureau models bench-real`: our models beside others' on real outcomes."""

from functools import partial
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from bureau.errors import UnknownName
from models.file_scores import check_place
from models.real.bench import BUDGET, NAMES, Bench
from models.real.directory import RealDirectory
from models.real.extras import PACKAGES, absent
from models.real.judging import SEEDS, Judging
from models.real.measured import SetMeasured
from models.real.table import bars, table, write_files


def bench_real(
    train_data: Annotated[Path, typer.Option(help="Directory of the sets' files to train on.")],
    out: Annotated[Path, typer.Option(help="JSON file to write; a table in Markdown goes beside it.")],
    data: Annotated[
        Path | None,
        typer.Option(help="Directory of files of the same names to judge on; else its own later years, or folds."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--set", help=f"One of {', '.join(NAMES)}; repeat for more.")
    ] = None,
    budget: Annotated[int, typer.Option(min=1, max=8, help="Settings each contender may try.")] = BUDGET,
    seeds: Annotated[int, typer.Option(min=1, max=50, help="Runs whose figures are averaged.")] = SEEDS,
    processes: Annotated[int, typer.Option(min=1, help="Runs at the same time, a core and half a GiB each.")] = 2,
) -> None:
    """Measure our models on real outcomes beside a scorecard, EBM, CatBoost and LightGBM of the same budget.

    All sets take about 70 minutes of one core with EBM and CatBoost, by an estimate from single runs; each run is said
    when it is done, and the file is written after each set.
    """
    for name in only or ():
        if name not in NAMES:
            raise UnknownName("set", name, NAMES)
    check_place(out)
    train, judge = RealDirectory(train_data), None if data is None else RealDirectory(data)
    for why in filter(None, map(absent, PACKAGES)):
        print(why, flush=True)
    measured: list[SetMeasured] = []
    began = monotonic()
    how = Judging(seeds, processes, partial(print, flush=True))
    for one in Bench(train, judge, how, budget).run(tuple(only or NAMES)):
        measured.append(one)
        print(f"{one.name}: {one.rows:,} rows judged, {(monotonic() - began) / 60:.0f} minutes so far", flush=True)
        write_files(out, measured, monotonic() - began)
    if not measured:
        write_files(out, measured, monotonic() - began)
    print(table(measured))
    print("\n".join(bars(measured)))
    print(f"{len(measured)} sets: {out}")
