"""F62: guarantees and insurance, and what is claimed under them."""

import numpy as np
import polars as pl

from features.contracts.guarantee import GUARANTEE_KINDS
from features.sources.city.arrays import delayed
from features.sources.city.assets.drawing import felt, happenings, numbered
from features.sources.city.rows import days, fen, settle, state, words
from features.sources.city.shard import Shard

_DAYS = (364, 1_094)


def guarantees(shard: Shard) -> pl.DataFrame:
    """Loan guarantees are taken by those who live on borrowed money; a claim is a second version."""
    chance = shard.chances.of("guarantees")
    return pl.concat([_of_kind(shard, kind, chance) for kind in range(len(GUARANTEE_KINDS))])


def _of_kind(shard: Shard, kind: int, chance: np.random.Generator) -> pl.DataFrame:
    rule, firms = shard.parameters.assets.guarantee, shard.firms
    borrowing = kind < 2
    pull = np.exp(rule.leverage * shard.latent.leverage) if borrowing else np.ones(firms.count)
    hazard = np.broadcast_to((rule.kinds[kind] * pull)[:, None], shard.active.shape)
    firm, month, starts = happenings(shard, hazard, shard.active, chance)
    count = len(firm)
    ends = starts + chance.choice(_DAYS, count, p=[0.85, 0.15])
    amount = np.maximum(
        np.round(0.2 * firms.revenue[firm] ** 0.97 * np.exp(0.6 * chance.standard_normal(count)), -4), 10_000
    )
    day = starts + ((ends - starts) * chance.uniform(0.1, 1.0, count)).astype(np.int64)
    strain = felt(shard, delayed(shard.latent.stress, rule.delay_months), firm, day)
    likely = rule.claim_share * (np.exp(rule.claim_stress * strain) if borrowing else np.ones(count))
    claimed = chance.random(count) < np.minimum(likely, 0.5)
    part = chance.uniform(0.02, 1.0, count)
    stated = state(
        shard, "F62", firm, month * len(GUARANTEE_KINDS) + kind, starts,
        {
            "policy_no": numbered("B", (firms.entity[firm] * 128 + month) * len(GUARANTEE_KINDS) + kind, 12),
            "kind": words(GUARANTEE_KINDS, np.full(count, kind)),
            "amount_fen": fen(amount),
            "starts_on": days(starts),
            "ends_on": days(ends),
            "claim_fen": fen(np.where(claimed, np.maximum(np.round(amount * part, -2), 100), 0.0)),
            "claimed_on": days(day, claimed),
        },
    )  # fmt: skip
    unknown = {"claim_fen": pl.lit(0, dtype=pl.Int64), "claimed_on": pl.lit(None, dtype=pl.Date)}
    return settle(stated, on="claimed_on", unknown_before=unknown)
