"""Rare events of a group: which enterprises they strike in which month, and the numbers departments give them."""

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Floats, Ints
from features.sources.city.shard import Shard

_MOST_PER_MONTH = 0.25


def struck(possible: Flags, hazard: Floats | float, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, month) of each event. possible: (firms, months). hazard: monthly, of that shape or spread over it."""
    drawn = chance.random(possible.shape) < np.minimum(hazard, _MOST_PER_MONTH)
    firm, month = np.nonzero(possible & drawn)
    return firm, month


def day_of(shard: Shard, month: Ints, chance: np.random.Generator) -> Ints:
    """A day in each month, from the 1st to the 28th."""
    day: Ints = shard.months.begins[month] + chance.integers(0, 28, len(month))
    return day


def delay(typical: float, sigma: float, count: int, chance: np.random.Generator) -> Ints:
    """Whole days, at least one, log-normal around a typical number."""
    drawn: Ints = np.maximum(1, typical * np.exp(sigma * chance.standard_normal(count))).astype(np.int64)
    return drawn


def case_numbers(prefix: str, happened: Ints, firm: Ints, shard: Shard, chance: np.random.Generator) -> pl.Series:
    """Numbers such as `prefix〔2021〕1234567-890号`: year, a serial number, and the enterprise's own."""
    years = pl.Series(happened.astype(np.int32)).cast(pl.Date).dt.year().cast(pl.String)
    serial = pl.Series(chance.integers(1, 10_000_000, len(happened))).cast(pl.String)
    entity = pl.Series(shard.firms.entity[firm]).cast(pl.String)
    return pl.select(pl.concat_str(pl.lit(f"{prefix}〔"), years, pl.lit("〕"), serial, pl.lit("-"), entity)).to_series()


def picked(names: tuple[str, ...], shares: tuple[float, ...], count: int, chance: np.random.Generator) -> pl.Series:
    """One name a row, by fixed shares."""
    position = chance.choice(len(names), size=count, p=np.array(shares) / np.sum(shares))
    return pl.Series(names, dtype=pl.String).gather(position)
