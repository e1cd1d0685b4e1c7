"""F08 cancellations and revocations, on the days F01 tells of."""

import numpy as np
import polars as pl

from features.contracts.deregistration import DEREGISTRATION_KINDS
from features.sources.city.registration import endings
from features.sources.city.rows import days, state, words
from features.sources.city.shard import Shard

_REASONS = ("决议解散", "经营期限届满", "其他原因", "开业后自行停业连续六个月以上")


def deregistrations(shard: Shard) -> pl.DataFrame:
    """A few revocations arrive without their day."""
    chance = shard.chances.of("deregistrations")
    rule, ended = shard.parameters.market.deregistration, endings(shard)
    count = len(ended.firm)
    reason = np.where(ended.revoked, 3, chance.choice(3, size=count, p=(0.7, 0.1, 0.2)))
    return state(
        shard, "F08", ended.firm, np.zeros(count, dtype=np.int64), ended.day,
        {
            "kind": words(DEREGISTRATION_KINDS, ended.revoked.astype(np.int64)),
            "ended_on": days(ended.day, ~ended.revoked | (chance.random(count) >= rule.undated)),
            "reason": words(_REASONS, reason),
            "simple_flag": pl.Series(~ended.revoked & (chance.random(count) < rule.simple)),
        },
    )  # fmt: skip
