"""New codes: twice a year a department writes some of its rows with a code nobody has told us of."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from features.sources.city.exposure import CODED
from features.sources.city.months import DAYS_PER_YEAR, day_number
from features.sources.city.parameters import Parameters
from features.sources.city.streams import REFERENCE_SHARD, Chances

NEW = "(新)"


def draw_drifts(feed: str, parameters: Parameters, seed: int) -> tuple[tuple[int, int], ...]:
    """First and last day of each new code of a feed, until it is agreed; the same for every shard of a city."""
    if feed not in CODED:
        return ()
    chance, rule = Chances(seed, REFERENCE_SHARD).of(f"drifts-{feed}"), parameters.dirt.of(feed)
    first, last = day_number(parameters.calendar.first), day_number(parameters.calendar.last)
    number = int(chance.poisson(rule.new_codes_a_year * (last - first) / DAYS_PER_YEAR))
    begins = np.sort(chance.integers(first, last, number))
    lengths = chance.integers(rule.new_code_days[0], rule.new_code_days[1] + 1, number)
    return tuple((int(begin), int(begin + length - 1)) for begin, length in zip(begins, lengths, strict=True))


def with_new_codes(
    statements: pl.DataFrame,
    feed: str,
    parameters: Parameters,
    drifts: Sequence[tuple[int, int]],
    chance: np.random.Generator,
) -> pl.DataFrame:
    """Some of what is stated while a code is new is stated in it; such a row waits until the contract knows it."""
    learned = statements["learned_on"].to_physical().to_numpy()
    inside = np.zeros(statements.height, dtype=np.bool_)
    for begins, ends in drifts:
        inside |= (learned >= begins) & (learned <= ends)
    drawn = pl.Series(inside & (chance.random(statements.height) < parameters.dirt.of(feed).new_code_share))
    column = CODED[feed]
    return statements.with_columns(pl.when(drawn).then(pl.col(column) + NEW).otherwise(column).alias(column))
