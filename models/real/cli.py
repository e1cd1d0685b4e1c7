"""`bureau models bench-real`: our models beside others' on real outcomes."""

from pathlib import Path
from typing import Annotated

import typer

from bureau.errors import UnknownName
from models.file_scores import check_place
from models.real.bench import BUDGET, NAMES, run
from models.real.directory import RealDirectory
from models.real.extras import PACKAGES, absent
from models.real.judging import SEEDS
from models.real.measured import table, write_file


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
) -> None:
    """Measure our models on real outcomes beside a scorecard, EBM, CatBoost and LightGBM of the same budget."""
    for name in only or ():
        if name not in NAMES:
            raise UnknownName("set", name, NAMES)
    check_place(out)
    train, judge = RealDirectory(train_data), None if data is None else RealDirectory(data)
    for why in filter(None, map(absent, PACKAGES)):
        print(why, flush=True)
    measured = []
    for one in run(train, judge, tuple(only or NAMES), budget, seeds, print):
        measured.append(one)
        print(f"{one.name}: {one.rows:,} rows judged", flush=True)
        write_file(out, measured)
    if not measured:
        write_file(out, measured)
    print(table(measured))
    print(f"{len(measured)} sets: {out}")
