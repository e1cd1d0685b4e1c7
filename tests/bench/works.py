"""The works that are measured. `python -m tests.bench.works NAME OPTIONS` runs one and prints a line of JSON."""

import gc
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from bureau.grant import operator_grant
from bureau.settings import Settings
from features.definitions.library import published
from features.definitions.parts import is_population
from features.lake.hot.manifest import hot_folder
from features.lake.lake import Lake, open_lake
from features.sources.source import read_source
from features.store.city_build import CityBuild, passing_portions
from features.store.hot_rows import renew_hot_files
from features.store.live import live_vector
from features.store.training_set import write_training_set
from tests.bench import baselines, decoding, subjects

Facts = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What a work stands on. names: published features of delivered feeds. last_day: newest of the records."""

    lake: Lake
    names: tuple[str, ...]
    last_day: date

    @property
    def snapshot(self) -> int:
        return self.lake.snapshot()


def ground() -> Ground:
    """The home's lake, and the features its delivered feeds can give."""
    settings = Settings()
    lake, source = open_lake(settings.home, settings.catalogue_url), read_source(settings.home)
    if source is None:
        raise SystemExit(f"{settings.home} holds no records.")
    return Ground(lake, delivered_features(lake), source.last_day)


def delivered_features(lake: Lake) -> tuple[str, ...]:
    """Published features all of whose feeds were delivered; what is derived is not read from Parquet alone."""
    own = [entry for entry in published() if not is_population(entry)]
    return tuple(entry.name for entry in own if all(lake.files(code) for code in entry.feeds))


def timed(work: Callable[[], Facts], rounds: int) -> Facts:
    """The facts of a work with wall and processor seconds of its best round."""
    told: list[Facts] = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        facts = work()
        told.append(facts | {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
    return min(told, key=lambda one: float(one["seconds"]))


def decode(on: Ground, rounds: int = 3) -> Facts:
    """Read the columns the features read, and nothing else."""
    return timed(lambda: decoding.decode(on.lake, on.names), rounds)


def features_from_parquet(on: Ground, rounds: int = 2) -> Facts:
    """Every enterprise's features with nothing cached."""
    _compile(on)
    shutil.rmtree(hot_folder(on.lake), ignore_errors=True)
    return timed(lambda: _count(on, _city(on)), rounds)


def build_hot(on: Ground) -> Facts:
    """Make the hot files of every feed."""
    _compile(on)
    shutil.rmtree(hot_folder(on.lake), ignore_errors=True)
    told = timed(lambda: {"feeds": renew_hot_files(on.lake, on.snapshot)}, 1)
    return told | {"bytes": sum(path.stat().st_size for path in (on.lake.root / "hot").rglob("*.hot"))}


def features_from_hot(on: Ground, rounds: int = 3) -> Facts:
    """Every enterprise's features from hot files, each portion dropped once it is there."""
    return timed(lambda: _count(on, _city(on)), rounds)


def features_by_sql(on: Ground, form: str = "flat", buckets: int = 0) -> Facts:
    """Every enterprise's features by DuckDB, over the given number of buckets (0: all)."""
    return timed(lambda: baselines.city(on.lake, on.names, on.last_day, form, buckets), 1)


def training(on: Ground, enterprises: int, dates: int = 12, rounds: int = 2) -> Facts:
    """A point-in-time training set by the kernel, written as `bureau features training-set` writes it."""
    labels = subjects.labels(on.lake, enterprises, dates, on.last_day)
    renew_hot_files(on.lake, on.snapshot)
    with TemporaryDirectory(dir=on.lake.root.parent) as folder:
        out = Path(folder) / "set.parquet"
        facts = timed(lambda: _write_training_set(on, labels, out), rounds)
        return facts | {"bytes": out.stat().st_size}


def training_by_sql(on: Ground, enterprises: int, dates: int = 12, form: str = "flat", buckets: int = 0) -> Facts:
    """The same rows by DuckDB, those of some buckets."""
    spine = subjects.spine(on.lake, enterprises, dates, on.last_day)
    return timed(lambda: baselines.training(on.lake, on.names, spine, form, buckets), 1)


def live(on: Ground, calls: int = 2_000) -> Facts:
    """One enterprise after the other as of the last day, all features."""
    renew_hot_files(on.lake, on.snapshot)
    numbers = subjects.some(on.lake, calls + 200)
    grant = operator_grant()
    took = []
    for number in numbers:
        begun = time.perf_counter()
        live_vector(on.lake, on.names, number, on.last_day, grant)
        took.append(time.perf_counter() - begun)
    took = sorted(took[200:])
    return {
        "seconds": took[len(took) // 2],
        "cpu": 0.0,
        "p50_ms": 1e3 * took[len(took) // 2],
        "p99_ms": 1e3 * took[int(len(took) * 0.99)],
        "features": len(on.names),
    }


def verify(on: Ground, enterprises: int = 2_000) -> Facts:
    """Whether both DuckDB forms give what the kernel gives, cell by cell, for a day and for a training set."""
    return timed(lambda: baselines.compare(on.lake, on.names, on.last_day, enterprises), 1)


def _write_training_set(on: Ground, labels: pl.DataFrame, out: Path) -> Facts:
    write_training_set(on.lake, labels, on.names, operator_grant("training"), out)
    return _count(on, [labels])


def _count(on: Ground, portions: Iterable[Any]) -> Facts:
    rows = sum(portion.height for portion in portions)
    return {"rows": rows, "features": len(on.names), "cells": rows * len(on.names)}


def _city(on: Ground) -> Iterable[Any]:
    return passing_portions(on.lake, CityBuild(on.names, on.last_day, on.snapshot), operator_grant())


def _compile(on: Ground) -> None:
    """Bring the compiled functions into this process, as a server does when it starts."""
    live_vector(on.lake, on.names, 1, on.last_day, operator_grant())


WORKS: dict[str, Callable[..., Facts]] = {
    work.__name__: work
    for work in (
        *(decode, features_from_parquet, build_hot, features_from_hot, features_by_sql),
        *(training, training_by_sql, live, verify),
    )
}

if __name__ == "__main__":
    gc.freeze()  # as the command does
    try:
        print(json.dumps(WORKS[sys.argv[1]](ground(), **json.loads(sys.argv[2]))))
    finally:
        gc.unfreeze()
