"""F07 the list of serious violations: it follows from integrity, not from stress."""

import numpy as np
import polars as pl

from features.sources.city.rows import days, settle, state, words
from features.sources.city.shard import Shard

_BASES = ("提交虚假材料取得登记", "列入异常名录满三年未履行义务", "生产销售不合格食品", "发布虚假广告")
_BY = ("深圳市市场监督管理局", "广东省市场监督管理局")
_REMOVED_AFTER_DAYS = (366, 1096)
"""From one year, when an enterprise may ask for it, to three, when the listing ends."""


def serious_violations(shard: Shard) -> pl.DataFrame:
    """A removal is a second version; a few listings are made twice, by city and province."""
    chance = shard.chances.of("serious-violations")
    rule, months = shard.parameters.market.serious_violation, shard.months
    hazard = rule.rate * np.exp(rule.integrity * shard.latent.integrity)
    once, month = np.nonzero(shard.delivered & (chance.random(shard.delivered.shape) < hazard[:, None]))
    listed = months.begins[month] + chance.integers(0, 28, len(once))
    removed = listed + chance.integers(*_REMOVED_AFTER_DAYS, len(once))
    again = np.flatnonzero(chance.random(len(once)) < rule.twice)
    row = np.concatenate([np.arange(len(once)), again])
    level = (np.arange(len(row)) >= len(once)).astype(np.int64)
    basis = chance.integers(0, len(_BASES), len(once))
    gone = chance.random(len(once)) < rule.removed_share
    stated = state(
        shard, "F07", once[row], month[row] * 2 + level, listed[row],
        {
            "listed_on": days(listed[row]),
            "basis": words(_BASES, basis[row]),
            "listed_by": words(_BY, level),
            "removed_on": days(removed[row], gone[row]),
        },
    )  # fmt: skip
    return settle(stated, on="removed_on", unknown_before={"removed_on": pl.lit(None, dtype=pl.Date)})
