"""Run the kernel for some features and the rows of a spine."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from features.definitions.entry import Entry, own_definition
from features.definitions.library import find_feature
from features.engine.kernel.machine import NEVER
from features.engine.kernel.program import Integers, Program, compile_program
from features.engine.kernel.running import Floats, Spine, bind, run
from features.lake.hot.segment import MICROS_OF_DAY, SHIFT
from features.lake.lake import Lake
from features.store.hot_rows import current_rows

THREADS = 2
_ALONE = 2_000
"""Rows below which a second thread costs more than it saves."""


@lru_cache(maxsize=64)
def program_of(names: tuple[str, ...]) -> Program:
    """The program of some published features; the same for every lake and day."""
    return compile_program({name: own_definition(find_feature(name)) for name in names})


def compute_by_kernel(
    lake: Lake, entries: Sequence[Entry], snapshot: int, rows: pl.DataFrame, used_on: date | None = None
) -> pl.DataFrame:
    """One column per entry, one row per row of `rows`: `enterprise_id`, `enterprise_known_from`, `as_of`.

    used_on: the day of use of all rows, each row's own day unless said.
    """
    program = program_of(tuple(entry.name for entry in entries))
    bound = bind(program, current_rows(lake, program, snapshot))
    spine = _spine(program, rows, used_on)
    out = np.empty((len(entries), rows.height))
    shares = np.array_split(spine.order, THREADS if rows.height > _ALONE else 1)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda share: run(bound, replace(spine, order=share), out), shares))
    return pl.DataFrame([_column(entry, values) for entry, values in zip(entries, out, strict=True)])


def _spine(program: Program, rows: pl.DataFrame, used_on: date | None) -> Spine:
    listed = rows["as_of"].unique().sort()
    days, bounds = program.day_facts([(day, used_on or day) for day in listed])
    enterprises = rows["enterprise_id"].cast(pl.Int64).fill_null(-1).to_numpy()
    known_day = (rows["enterprise_known_from"].cast(pl.Int64) + SHIFT) // MICROS_OF_DAY
    return Spine(
        enterprises=enterprises,
        known_on=known_day.fill_null(NEVER).to_numpy(),
        day_of=_numbers(listed.search_sorted(rows["as_of"])),
        order=np.argsort(enterprises, kind="stable"),
        days=days,
        bounds=bounds,
    )


def _numbers(series: pl.Series) -> Integers:
    numbers: Integers = series.cast(pl.Int64).to_numpy()
    return numbers


def _column(entry: Entry, values: Floats) -> pl.Series:
    column = pl.Series(entry.name, values).fill_nan(None)
    if not entry.categories:
        return column
    listed = pl.Enum(entry.categories)
    return column.cast(pl.Series(dtype=listed).to_physical().dtype).cat.to(listed)
