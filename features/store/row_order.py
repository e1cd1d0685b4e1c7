"""Computed portions put back into the order of their rows, by way of files, so that memory holds some thousand rows.

Portions come bucket by bucket, and any of them may hold rows from anywhere. So many of them as make a *run* are sorted
by place and kept in one file, a batch for each *stretch* of the order; a stretch is its batch of every run.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from features.engine.kernel.program import Integers
from features.store.kernel_computation import Portion

STRETCH = 65_536
"""Rows of a stretch, and at least of a run: 640 features of them are 335 MB. Fewer make more and smaller batches."""
_PACKED = pa.ipc.IpcWriteOptions(compression="lz4")


def in_order(portions: Iterable[Portion], rows: int, folder: Path) -> Iterator[pl.DataFrame]:
    """The values of portions that hold so many rows, by their places: frames of `STRETCH` rows, the last of the rest.

    folder: where the runs are kept until the last frame is taken, about a tenth of the values' size.
    """
    paths = (folder / f"run-{number:05d}.arrow" for number in count())
    runs = [*map(partial(_keep, rows), _runs(portions), paths)]  # which holds no run once it is kept
    with ExitStack() as opened:
        readers = [pa.ipc.open_file(opened.enter_context(pa.memory_map(str(path)))) for path, _ in runs]
        for number, start in enumerate(range(0, rows, STRETCH)):
            places = np.concatenate([_within(kept, start) for _, kept in runs])
            yield _read(readers, number)[np.argsort(places)]


def _runs(portions: Iterable[Portion]) -> Iterator[Portion]:
    """Consecutive portions as one, of `STRETCH` rows at least but for the last, its rows by place."""
    waiting: list[Portion] = []
    for portion in portions:
        waiting.append(portion)
        if sum(len(each.places) for each in waiting) >= STRETCH:
            yield _taken(waiting)
    if waiting:
        yield _taken(waiting)


def _taken(waiting: list[Portion]) -> Portion:
    """The portions that waited as one, its rows by place; none waits any more."""
    places = np.concatenate([portion.places for portion in waiting])
    values = pl.concat([portion.values for portion in waiting], rechunk=False)
    waiting.clear()
    order = np.argsort(places)
    return Portion(places[order], values[order])


def _keep(rows: int, run: Portion, path: Path) -> tuple[Path, Integers]:
    """Write a run, a batch for each stretch of all rows; returns the file and the places."""
    (values,) = run.values.rechunk().to_arrow().to_batches()
    ends = np.searchsorted(run.places, [*range(STRETCH, rows, STRETCH), rows])
    with pa.ipc.new_file(path, values.schema, options=_PACKED) as writer:
        for start, end in zip((0, *ends[:-1]), ends, strict=True):
            writer.write_batch(values.slice(start, end - start))
    return path, run.places


def _read(runs: Iterable[pa.RecordBatchFileReader], number: int) -> pl.DataFrame:
    """A stretch of the runs, one after the other."""
    return pl.DataFrame(pa.Table.from_batches([run.get_batch(number) for run in runs]))


def _within(places: Integers, start: int) -> Integers:
    """Of ascending places those of the stretch that begins at one."""
    first, last = np.searchsorted(places, (start, start + STRETCH))
    return places[first:last]
