"""How the feeds of this group draw their happenings and write whole columns of texts at once."""

from zlib import crc32

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Floats, Ints
from features.sources.city.rows import ORDINALS
from features.sources.city.shard import Shard
from features.sources.city.streams import scramble
from features.sources.city.texts import hexadecimal

MOST = 0.3
"""No firm's monthly chance of anything is larger."""


def happenings(shard: Shard, hazard: Floats, possible: Flags, chance: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """(firm, month, day) of what happens at most once a month; hazard and possible are (firms, months)."""
    drawn = chance.random(possible.shape) < np.minimum(hazard, MOST)
    firm, month = np.nonzero(possible & drawn)
    return firm, month, shard.months.begins[month] + chance.integers(0, 28, len(firm))


def in_business(shard: Shard) -> Flags:
    """(firms, months) registered and not dormant, the months before the calendar too: registers are older than it."""
    open_months: Flags = shard.firms.open_in(shard.months) & ~shard.firms.dormant[:, None]
    return open_months


def felt(shard: Shard, path: Floats, firm: Ints, day: Ints) -> Floats:
    """A path's value for each firm in the month of each day; days outside the path take its nearest end."""
    month = np.clip(shard.months.position(day), 0, shard.months.count - 1)
    values: Floats = path[firm, month]
    return values


def weighted(shard: Shard, by_section: dict[str, float], other: float) -> Floats:
    """(firms,) a factor by the firm's section; sections not named take `other`."""
    factors = np.array([by_section.get(section, other) for section in shard.parameters.sections])
    chosen: Floats = factors[shard.firms.section]
    return chosen


def numbered(prefix: str, numbers: Ints, digits: int) -> pl.Series:
    """Texts such as W00000012: a prefix and a number padded with zeros."""
    return prefix + pl.Series(numbers).cast(pl.String).str.zfill(digits)


def hashed(shard: Shard, what: str, firm: Ints, ordinal: Ints) -> pl.Series:
    """Sixteen hexadecimal characters for each: the same firm and ordinal of a kind always the same ones.

    What a keyed hash of an identity would look like; no identity was ever behind it.
    """
    number = scramble(shard.firms.entity[firm] * ORDINALS + ordinal, shard.chances.seed ^ crc32(what.encode()))
    return hexadecimal(number)


def nothing(count: int, dtype: type[pl.DataType]) -> pl.Series:
    """A column without a value."""
    return pl.Series([None], dtype=dtype).new_from_index(0, count)
