"""F62: guarantees and insurance, and what is claimed under them."""

import numpy as np
import polars as pl

from features.contracts.guarantee import GUARANTEE_KINDS, LOAN_GUARANTEE, LOAN_INSURANCE
from features.sources.city.arrays import Floats, Ints, delayed
from features.sources.city.assets.drawing import felt, happenings, numbered
from features.sources.city.rows import days, fen, settle, state, words
from features.sources.city.shard import Shard

_DAYS, _DAYS_SHARES = (364, 1_094), (0.85, 0.15)
_MONTHS = 1 << 9
_FOR_LOANS = np.isin(GUARANTEE_KINDS, [LOAN_GUARANTEE, LOAN_INSURANCE])


def guarantees(shard: Shard) -> pl.DataFrame:
    """Loan guarantees are taken by those who live on borrowed money; a claim is a second version."""
    chance = shard.chances.of("guarantees")
    firm, month, starts, kind = _policies(shard, chance)
    count, revenue = len(firm), shard.firms.revenue[firm]
    ends = starts + chance.choice(_DAYS, count, p=_DAYS_SHARES)
    amount = np.maximum(np.round(0.2 * revenue**0.97 * np.exp(0.6 * chance.standard_normal(count)), -4), 10_000)
    day = starts + ((ends - starts) * chance.uniform(0.1, 1.0, count)).astype(np.int64)
    claimed = chance.random(count) < _claim_chance(shard, firm, day, kind)
    part = chance.uniform(0.02, 1.0, count)
    stated = state(
        shard, "F62", firm, month, starts,
        {
            "policy_no": numbered("B", shard.firms.entity[firm] * _MONTHS + month, 12),
            "kind": words(GUARANTEE_KINDS, kind),
            "amount_fen": fen(amount),
            "starts_on": days(starts),
            "ends_on": days(ends),
            "claim_fen": fen(np.where(claimed, np.maximum(np.round(amount * part, -2), 100), 0.0)),
            "claimed_on": days(day, claimed),
        },
    )  # fmt: skip
    unknown = {"claim_fen": pl.lit(0, dtype=pl.Int64), "claimed_on": pl.lit(None, dtype=pl.Date)}
    return settle(stated, on="claimed_on", unknown_before=unknown)


def _policies(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """(firm, month, first day, position of the kind); at most one policy a month."""
    rule = shard.parameters.assets.guarantee
    pull = np.exp(rule.leverage * shard.latent.leverage)
    rates = np.array(rule.kinds) * np.where(_FOR_LOANS, pull[:, None], 1.0)
    upto = np.cumsum(rates, axis=1)
    firm, month, starts = happenings(shard, upto[:, -1:], shard.active, chance)
    drawn = chance.random(len(firm))[:, None] * upto[firm, -1:]
    kind: Ints = (drawn >= upto[firm]).sum(axis=1)
    return firm, month, starts, kind


def _claim_chance(shard: Shard, firm: Ints, day: Ints, kind: Ints) -> Floats:
    """Guarantees of loans are called more often under stress; other claims are accidents."""
    rule = shard.parameters.assets.guarantee
    strain = felt(shard, delayed(shard.latent.stress, rule.delay_months), firm, day)
    likely: Floats = rule.claim_share * np.where(_FOR_LOANS[kind], np.exp(rule.claim_stress * strain), 1.0)
    return np.minimum(likely, 0.5)
