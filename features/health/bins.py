"""Bins of a feature: edges between a baseline day's deciles, or the categories of a closed list."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from features.definitions.entry import Entry
from features.definitions.library import definition_hash
from features.health.day_files import write_whole
from features.lake.layout import parquet
from features.lake.query import quiet

SAMPLE = 50_000
"""Enterprises whose values decide where bins end."""
COLUMNS = 64
"""Features read together: what a scan holds of a large city's files grows with its columns."""
DECILES = tuple(step / 10 for step in range(1, 10))


@dataclass(frozen=True)
class Bins:
    """Where a feature is cut, and what its baseline day held.

    edges: upper ends, each included; values above the last form one more bin. Empty for a feature of categories.
    counts: rows per bin on the baseline day, in order of edges (then above), or of the feature's categories.
    met: categories that day did not hold, and the first day that did.
    """

    feature: str
    definition_hash: str
    day: date
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int
    met: tuple[tuple[str, date], ...] = ()

    @property
    def rows(self) -> int:
        return sum(self.counts) + self.missing


@dataclass(frozen=True)
class Counted:
    """A feature's rows on one day: per bin, and those without a value."""

    counts: tuple[int, ...]
    missing: int


def choose_edges(built: Sequence[Path], entries: Sequence[Entry]) -> dict[str, tuple[float, ...]]:
    """The distinct deciles of each numeric feature in the built files of one day.

    Of a large city those of about `SAMPLE` enterprises, every n-th by number: exact ones would hold every value of
    every feature in memory, and where a bin ends is a choice. What is counted is counted of all.
    """
    numeric, found = [entry for entry in entries if not entry.categories], list[tuple[float, ...]]()
    for some in _together(numeric):
        deciles = ", ".join(f'quantile_disc("{entry.name}", {list(DECILES)})' for entry in some)
        with duckdb.connect() as connection:
            query = f"SELECT {deciles} FROM {parquet(built)} WHERE {_some(built)}"
            found += [tuple(sorted(set(edges or ()))) for edges in quiet(connection).execute(query).fetchall()[0]]
    return dict(zip((entry.name for entry in numeric), found, strict=True))


def _together(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Features whose columns are read in one scan."""
    return (entries[start : start + COLUMNS] for start in range(0, len(entries), COLUMNS))


def _some(built: Sequence[Path]) -> str:
    rows = sum(pq.read_metadata(path).num_rows for path in built)
    return f"enterprise_id % {max(1, rows // SAMPLE)} = 0"


def count(built: Sequence[Path], entries: Sequence[Entry], edges: dict[str, tuple[float, ...]]) -> dict[str, Counted]:
    """Rows per bin of every feature, each column of the built files read once."""
    counted: dict[str, Counted] = {}
    for some in _together(entries):
        figures = [figure for entry in some for figure in _figures(entry, edges.get(entry.name, ()))]
        with duckdb.connect() as connection:
            query = f"SELECT count(*), {', '.join(figures)} FROM {parquet(built)}"
            total, *cells = quiet(connection).execute(query).fetchall()[0]
        for entry, known, histogram in zip(some, cells[::2], cells[1::2], strict=True):
            counted[entry.name] = _counted(entry, edges.get(entry.name, ()), total, known, histogram)
    return counted


def _figures(entry: Entry, edges: tuple[float, ...]) -> tuple[str, str]:
    known = f'count("{entry.name}")'
    if entry.categories:
        return known, f'histogram("{entry.name}"::VARCHAR)'
    listed = ", ".join(f"{edge!r}::DOUBLE" for edge in edges)
    return known, f'histogram("{entry.name}"::DOUBLE, [{listed}]::DOUBLE[])'


def _counted(
    entry: Entry, edges: tuple[float, ...], total: int, known: int, histogram: dict[float | str, int] | None
) -> Counted:
    found = histogram or {}
    if entry.categories:
        return Counted(tuple(found.get(category, 0) for category in entry.categories), total - known)
    below = [found.get(edge, 0) for edge in edges]
    return Counted((*below, known - sum(below)), total - known)


def make_baseline(built: Sequence[Path], entries: Sequence[Entry], day: date) -> dict[str, Bins]:
    """Bins of features from the built files of one day, that day's counts with them."""
    edges = choose_edges(built, entries)
    counted = count(built, entries, edges)
    return {
        entry.name: Bins(
            entry.name,
            definition_hash([entry.name]),
            day,
            edges.get(entry.name, ()),
            counted[entry.name].counts,
            counted[entry.name].missing,
        )
        for entry in entries
    }


def read_baseline(path: Path) -> dict[str, Bins]:
    """The kept bins by feature; none before the first day was measured."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text("utf-8"))
    return {
        one["feature"]: Bins(
            **one
            | {name: tuple(one[name]) for name in ("edges", "counts")}
            | {"day": date.fromisoformat(one["day"])}
            | {"met": tuple((category, date.fromisoformat(day)) for category, day in one.get("met", ()))}
        )
        for one in kept
    }


def write_baseline(path: Path, bins: dict[str, Bins]) -> None:
    """Keep bins, whole or not at all."""
    write_whole(path, [vars(one) for one in bins.values()])


def forget_baseline(path: Path, names: Sequence[str] | None) -> int:
    """Drop the baseline of some features, None for all; returns how many had one."""
    kept = read_baseline(path)
    given_up = set(kept) if names is None else set(names) & set(kept)
    if given_up:
        write_baseline(path, {name: bins for name, bins in kept.items() if name not in given_up})
    return len(given_up)
