"""Records that name their enterprise by its registration number from before the codes, and by nothing surer."""

from datetime import date

import numpy as np
import polars as pl

from features.sources.city.exposure import takes_numbers
from features.sources.city.rows import only_where
from features.sources.city.shard import Shard
from features.sources.city.streams import scramble

CODES_SINCE = date(2016, 1, 1)
"""Before, departments knew many enterprises by their number alone."""


def told_by_number(statements: pl.DataFrame, feed: str, shard: Shard) -> pl.DataFrame:
    """A share of a feed's records, of those whose enterprise bears a number, in every version; others keep their code.

    Where no code stood, none was known and no number either. statements: of one shard, with `entity`.
    """
    rules = shard.parameters.dirt.of(feed)
    if not takes_numbers(feed) or max(rules.number_only, rules.number_only_before_2016) == 0:
        return statements
    seed = int(shard.chances.of(f"numbers-{feed}").integers(1 << 62))
    drawn = scramble(statements["record_id"].to_numpy(), seed) / 2.0**64
    early = (statements["event_date"] < CODES_SINCE).to_numpy()
    chosen = drawn < np.where(early, rules.number_only_before_2016, rules.number_only)
    number = only_where(shard.identities.reg_no.gather(statements["entity"] - shard.firms.entity[0]), chosen)
    coded = pl.col("uscc").is_not_null() & pl.lit(number.is_not_null())
    return statements.with_columns(uscc=pl.when(coded).then(pl.lit(number)).otherwise("uscc"))
