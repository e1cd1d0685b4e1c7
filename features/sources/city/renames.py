"""Renamed columns: from a day on a department calls a column otherwise, and says so in the sidecar of each file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from features.contracts.feeds import find_feed
from features.lake.sidecar import Renamed, read_sidecar
from features.sources.city.months import DAYS_PER_YEAR, day_number
from features.sources.city.parameters import Parameters
from features.sources.city.rows import days
from features.sources.city.streams import REFERENCE_SHARD, Chances


def draw_renames(feed: str, parameters: Parameters, seed: int) -> dict[str, Renamed]:
    """Columns of a feed by what they are called on the calendar's last day; the same for every shard of a city.

    A column changes its name once at most; the code of the enterprise, by which all find it, keeps its own.
    """
    chance, rule = Chances(seed, REFERENCE_SHARD).of(f"renames-{feed}"), parameters.dirt.of(feed)
    first, last = day_number(parameters.calendar.first), day_number(parameters.calendar.last)
    contract = find_feed(feed)
    columns = [name for name in contract.own_columns if name != contract.subject]
    years = (last - first) / DAYS_PER_YEAR
    number = min(int(chance.poisson(rule.renamed_columns_a_year * years)), len(columns))
    since = days(np.sort(chance.integers(first, last, number)))
    chosen = [columns[place] for place in chance.choice(len(columns), number, replace=False)]
    return {
        f"{column}_{day.year}": Renamed(column=column, since=day) for column, day in zip(chosen, since, strict=True)
    }


def announced(folder: Path, feed: str) -> Mapping[str, Renamed]:
    """What the deliveries of a feed say of their columns; each says the same."""
    paths = sorted(folder.glob(f"{feed}-*.parquet"))
    said = read_sidecar(paths[0]) if paths else None
    return said.renamed if said else {}


def scan_delivered(folder: Path, feed: str, file_column: str | None = None) -> pl.LazyFrame:
    """Every row of one feed as it stands in its deliveries, by the agreed names. file_column: holds each row's file."""
    rows = pl.scan_parquet(folder / f"{feed}-*.parquet", include_file_paths=file_column)
    return rows.rename({name: other.column for name, other in announced(folder, feed).items()}, strict=False)
