"""Run the kernel for some features and the rows of a spine."""

import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pyarrow as pa

from features.definitions.entry import Entry, own_definition
from features.definitions.library import find_part
from features.engine.kernel.answers import columns
from features.engine.kernel.binding import Bound
from features.engine.kernel.machine import NEVER
from features.engine.kernel.program import Integers, Program, compile_program
from features.engine.kernel.running import Floats, Spine, run
from features.lake.hot.segment import MICROS_OF_DAY, SHIFT
from features.lake.lake import Lake
from features.store.hot_rows import THREADS, RowSource, kept_rows, passing_rows

_PORTION = 16_384
"""Most rows of one frame: their features fit a core's share of the memory."""
_AHEAD = THREADS
_ALONE = 2_000
"""Rows below which a second thread costs more than it saves."""


@dataclass(frozen=True)
class Portion:
    """Some rows of a spine, in an order of their own: their places in it, and a column per feature."""

    places: Integers
    values: pl.DataFrame


@lru_cache(maxsize=64)
def program_of(names: tuple[str, ...]) -> Program:
    """The program of some published features; the same for every lake and day."""
    return compile_program({name: own_definition(find_part(name)) for name in names})


def compute_by_kernel(
    lake: Lake, entries: Sequence[Entry], snapshot: int, rows: pl.DataFrame, used_on: date | None, once: bool
) -> pl.DataFrame:
    """One column per entry, one row per row of `rows`, in their order, as `kernel_portions` computes them."""
    parts = list(kernel_portions(lake, entries, snapshot, rows, used_on, once))
    if not parts:
        return _frame(entries, np.empty((len(entries), 0)))
    places = np.concatenate([part.places for part in parts])
    values = pl.concat([part.values for part in parts])
    return values if np.array_equal(places, np.arange(len(places))) else values[np.argsort(places)]


def kernel_portions(
    lake: Lake, entries: Sequence[Entry], snapshot: int, rows: pl.DataFrame, used_on: date | None, once: bool
) -> Iterator[Portion]:
    """Every row once, computed while the caller works on those before, a few ahead.

    rows: `enterprise_id`, `enterprise_known_from`, `as_of`. used_on: the day of use of all rows, each row's own day
    unless said. once: whether the records are read for this work alone, see `hot_rows`.
    """
    program = program_of(tuple(entry.name for entry in entries))
    source = (passing_rows if once else kept_rows)(lake, program, snapshot)
    spine = _spine(program, rows, used_on)
    threads = THREADS if rows.height > _ALONE else 1
    begun: deque[_Begun] = deque()
    answers = Answers(len(entries), min(_PORTION, rows.height))
    with ThreadPoolExecutor(threads) as pool, ThreadPoolExecutor(1) as reader:
        for bucket, places in _by_bucket(spine, source):
            wait([part for portion in begun for part in portion.parts])  # no two buckets are held
            reading = reader.submit(source.bound, bucket)
            yield from _drained(begun, entries)  # frames are made while the next bucket is read
            bound = reading.result()
            del reading
            for start in range(0, len(places), _PORTION):
                begun.append(_begin(pool, threads, bound, spine, places[start : start + _PORTION], answers))
                if len(begun) > _AHEAD:
                    yield begun.popleft().finished(entries)
            del bound
        yield from _drained(begun, entries)


@dataclass(frozen=True)
class _Begun:
    """A portion that threads are filling, each some of its rows."""

    places: Integers
    out: Floats
    parts: Sequence[Future[None]]

    def finished(self, entries: Sequence[Entry]) -> Portion:
        """The portion, once it is full."""
        for part in self.parts:
            part.result()
        return Portion(self.places, _frame(entries, self.out))


def _drained(begun: deque[_Begun], entries: Sequence[Entry]) -> Iterator[Portion]:
    while begun:
        yield begun.popleft().finished(entries)


class Answers:
    """Memory for what the machine answers, used again once nobody holds the frame that was made of it: the system
    hands fresh memory out as zeros, which takes a tenth as long as the answers.

    most: rows of an answer.
    """

    def __init__(self, features: int, most: int) -> None:
        self._features, self._most = features, most
        self._free: deque[Floats] = deque()

    def room(self, rows: int) -> Floats:
        """Memory for some rows: (features, rows)."""
        cells = self._features * rows
        whole = self._free.pop() if self._free else np.empty(self._features * self._most)
        part = whole[:cells].reshape(self._features, rows)
        weakref.finalize(part, self._free.append, whole).atexit = False
        return part


def _begin(pool: Executor, threads: int, bound: Bound, spine: Spine, places: Integers, answers: Answers) -> _Begun:
    """Have a portion computed by all threads: a frame costs the same for few rows as for many."""
    own = spine.of(places)
    out = answers.room(len(places))
    parts = [pool.submit(run, bound, own.in_order(part), out) for part in np.array_split(own.order, threads)]
    return _Begun(places, out, parts)


def _by_bucket(spine: Spine, source: RowSource) -> Iterator[tuple[int, Integers]]:
    """Places of rows by the bucket to be asked for, an enterprise's together and in the order of memory."""
    bucket, local = spine.enterprises % source.buckets, spine.enterprises // source.buckets
    order = np.lexsort((local, bucket))
    if source.at_once:
        yield 0, order
        return
    ends = np.searchsorted(bucket[order], np.arange(source.buckets), side="right")
    for number, (start, end) in enumerate(zip((0, *ends[:-1]), ends, strict=True)):
        if end > start:
            yield number, order[start:end]


def _spine(program: Program, rows: pl.DataFrame, used_on: date | None) -> Spine:
    listed = rows["as_of"].unique().sort()
    days, bounds = program.day_facts([(day, used_on or day) for day in listed])
    known_day = (rows["enterprise_known_from"].cast(pl.Int64) + SHIFT) // MICROS_OF_DAY
    return Spine(
        enterprises=rows["enterprise_id"].cast(pl.Int64).fill_null(-1).to_numpy(),
        known_on=known_day.fill_null(NEVER).to_numpy(),
        day_of=_numbers(listed.search_sorted(rows["as_of"])),
        order=np.arange(rows.height),
        days=days,
        bounds=bounds,
    )


def _numbers(series: pl.Series) -> Integers:
    numbers: Integers = series.cast(pl.Int64).to_numpy()
    return numbers


def _frame(entries: Sequence[Entry], out: Floats) -> pl.DataFrame:
    """The machine's answer as columns: unknown is null, a category its text."""
    frame = pl.DataFrame(pa.record_batch(columns(out), [entry.name for entry in entries]))
    texts = [entry for entry in entries if entry.categories]
    return frame.with_columns(_category(frame[entry.name], entry) for entry in texts)


def _category(column: pl.Series, entry: Entry) -> pl.Series:
    listed = pl.Enum(entry.categories)
    return column.cast(pl.Series(dtype=listed).to_physical().dtype).cat.to(listed)
