"""Characters lost on the way: a text was read in another encoding than it was written in."""

import numpy as np
import polars as pl

from features.sources.city.exposure import TEXTS
from features.sources.city.parameters import Parameters
from features.sources.city.publication import some
from features.sources.city.rows import with_at

LOST = ("\N{REPLACEMENT CHARACTER}" * 2, "锟斤拷")
"""What stands for a character that could not be read, and what that becomes when it is taken for Chinese once more."""


def with_lost_characters(
    statements: pl.DataFrame, feed: str, parameters: Parameters, chance: np.random.Generator, first: int
) -> pl.DataFrame:
    """Of the first so many statements a share with the first Chinese character of a text lost; such a row waits."""
    if feed not in TEXTS:
        return statements
    row = some(first, parameters.dirt.of(feed).lost_characters, chance)
    if not row.size:
        return statements
    texts = statements[TEXTS[feed]]
    once, twice = (texts[row].str.replace(r"\p{Han}", lost) for lost in LOST)
    damaged = once.zip_with(pl.Series(chance.random(len(row)) < 0.5), twice)
    return statements.with_columns(with_at(texts, row, damaged).alias(TEXTS[feed]))
