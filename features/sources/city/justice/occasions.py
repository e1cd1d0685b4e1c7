"""When something happens to which firm, and the words records are made of: whole columns at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Floats, Ints
from features.sources.city.shard import Shard
from features.sources.city.streams import scramble

_HEXADECIMAL = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_NIBBLES = np.arange(60, -4, -4, dtype=np.uint64)


@dataclass(frozen=True)
class Occasions:
    """Flat, at most one per firm and month: positions of firm and month, and the day as days since 1970."""

    firm: Ints
    month: Ints
    day: Ints

    @property
    def count(self) -> int:
        return len(self.firm)


def occasions(shard: Shard, hazard: Floats, chance: np.random.Generator, *, among: Flags | None = None) -> Occasions:
    """Months in which it happens, with the given monthly probability, and a day in each.

    hazard: (firms, months) or (firms, 1). among: (firms, months) in which it may happen; those of active firms.
    """
    possible = shard.active if among is None else among
    firm, month = np.nonzero(possible & (chance.random(possible.shape, dtype=np.float32) < hazard))
    return Occasions(firm, month, shard.months.begins[month] + chance.integers(0, 28, len(firm)))


def in_sections(shard: Shard, letters: str) -> Flags:
    """(firms,) whose industry section is one of these letters."""
    wanted = np.array([section in letters for section in shard.parameters.sections])
    inside: Flags = wanted[shard.firms.section]
    return inside


def by_section(shard: Shard, factors: dict[str, float], otherwise: float) -> Floats:
    """(firms,) the factor of each firm's section."""
    table = np.array([factors.get(section, otherwise) for section in shard.parameters.sections])
    factor: Floats = table[shard.firms.section]
    return factor


def drawn(chance: np.random.Generator, count: int, shares: Sequence[float]) -> Ints:
    """Positions drawn with these shares, which need not add up to one."""
    edges = np.cumsum(shares) / np.sum(shares)
    return np.searchsorted(edges, chance.random(count), side="right").clip(max=len(shares) - 1)


def numbered(form: str, *parts: Ints | pl.Series) -> pl.Series:
    """A number in a department's form, `{}` for each part."""
    columns = [pl.Series(f"part_{place}", part) for place, part in enumerate(parts)]
    return pl.select(pl.format(form, *columns)).to_series()


def years_of(days: Ints) -> Ints:
    """The calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def hashed(numbers: Ints, seed: int) -> pl.Series:
    """Sixteen hexadecimal characters for each number: what a keyed hash looks like, without one HMAC per row."""
    nibbles = (scramble(numbers, seed)[:, None] >> _NIBBLES) & np.uint64(15)
    characters = np.ascontiguousarray(_HEXADECIMAL[nibbles.astype(np.int64)])
    return pl.Series(characters.view("S16").ravel().astype("U16"), dtype=pl.String)
