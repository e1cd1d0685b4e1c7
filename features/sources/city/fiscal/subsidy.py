"""F56 public money paid to enterprises: it goes to the better ones, and is rarely claimed back."""

import numpy as np
import polars as pl

from features.sources.city.fiscal.events import day_of, delay, struck
from features.sources.city.rows import days, fen, settle, state
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard

_POLICIES = 40
_DISTRICTS = ("FT", "NS", "BA", "LG", "LH", "LU", "SZ")


def subsidies(shard: Shard) -> pl.DataFrame:
    """A policy of the year, a batch of the month. Recovery is learned later."""
    chance, rule, firms = shard.chances.of("subsidies"), shard.parameters.fiscal.subsidy, shard.firms
    size = np.array([rule.by_size[name] for name in SIZES])[firms.size]
    hazard = rule.rate * size * np.exp(rule.quality * shard.latent.quality)
    firm, month = struck(shard.active, hazard[:, None], chance)
    count, happened = len(firm), day_of(shard, month, chance)
    amount = rule.median_yuan * np.sqrt(size[firm]) * np.exp(chance.standard_normal(count))
    wrong = chance.random(count) < np.minimum(rule.recovered * np.exp(-0.5 * shard.latent.integrity[firm]), 0.5)
    recovered = happened + delay(260, 0.6, count, chance)
    year = shard.months.year[month]
    rank = np.minimum(chance.geometric(0.08, count), _POLICIES)
    place = pl.Series(_DISTRICTS).gather(rank % len(_DISTRICTS))
    number = pl.Series(rank).cast(pl.String).str.zfill(3)
    years = pl.Series(year).cast(pl.String)
    stated = state(
        shard, "F56", firm, month, happened,
        {
            "policy_code": pl.select(pl.concat_str(place, years, number, separator="-")).to_series(),
            "batch": days(happened).dt.strftime("%Y%m"),
            "amount_fen": fen(np.round(amount, -2)),
            "paid_on": days(happened),
            "recovered_on": days(recovered, wrong),
        },
    )  # fmt: skip
    return settle(stated, on="recovered_on", unknown_before={"recovered_on": pl.lit(None, dtype=pl.Date)})
