"""F23 contributions an enterprise owes: struck at a month's end for the month before, paid up or not."""

import numpy as np
import polars as pl

from features.sources.city.arrays import delayed
from features.sources.city.fiscal.events import delay, struck
from features.sources.city.rows import days, fen, settle, state
from features.sources.city.shard import Shard

_PER_HEAD_YUAN = 1_700.0


def insurance_arrears(shard: Shard) -> pl.DataFrame:
    """Only enterprises with insured staff can owe. The clearing is a second version, where it is not forgotten."""
    chance, rule = shard.chances.of("insurance-arrears"), shard.parameters.fiscal.insurance_arrears
    months, firms = shard.months, shard.firms
    pull = rule.stress * delayed(shard.latent.stress, rule.delay_months)
    hazard = rule.rate * np.exp(pull + rule.integrity * shard.latent.integrity[:, None])
    firm, month = struck(shard.active & firms.insured[:, None], hazard, chance)
    count, happened = len(firm), months.ends[month]
    heads = (1 + chance.poisson(0.3 * (firms.revenue[firm] / 10_000) ** 0.55)).astype(np.float64)
    owed = _PER_HEAD_YUAN * heads * np.exp(0.4 * chance.standard_normal(count))
    cleared = happened + delay(rule.cleared_days, 0.8, count, chance)
    told = (chance.random(count) < rule.cleared_share) & (
        chance.random(count) >= shard.parameters.dirt.cleared_flag_missing
    )
    stated = state(
        shard, "F23", firm, month, happened,
        {
            "period": days(months.ends[month - 1]),
            "arrears_fen": fen(owed),
            "struck_on": days(happened),
            "cleared_on": days(cleared, told),
        },
    )  # fmt: skip
    return settle(stated, on="cleared_on", unknown_before={"cleared_on": pl.lit(None, dtype=pl.Date)})
