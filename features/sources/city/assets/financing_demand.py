"""F61: what firms ask for over financing platforms: part of what they ask banks for, and demands no bank saw."""

import numpy as np
import polars as pl

from features.contracts.financing_demand import (
    DECLINED,
    DEMAND_GUARANTEES,
    DEMAND_PURPOSES,
    DEMAND_STATES,
    GRANTED,
    RECALLED,
    SUBMITTED,
)
from features.sources.city.arrays import Floats, Ints
from features.sources.city.assets.drawing import happenings, numbered
from features.sources.city.months import day_number
from features.sources.city.rows import days, fen, settle, state, words
from features.sources.city.shard import Shard
from features.sources.city.stating import Aftermath

_TERMS = np.array([6, 12, 24, 36])
_TERM_SHARES = (0.15, 0.6, 0.15, 0.1)
_PURPOSE_SHARES = (0.75, 0.12, 0.05, 0.08)
_GUARANTEE_SHARES = (0.62, 0.2, 0.05, 0.13)
_UNANSWERED = 0.15
"""Share of demands on which nothing is ever reported."""


def financing_demands(shard: Shard, aftermath: Aftermath) -> pl.DataFrame:
    """Who asks and what banks answer is settled before default: nothing here knows who failed."""
    chance = shard.chances.of("financing-demand")
    rule, months = shard.parameters.assets.financing_demand, shard.months
    firm, month, answer = _asked(shard, aftermath, chance)
    recent = months.begins[month] >= day_number(rule.since)
    firm, month, answer = firm[recent], month[recent], answer[recent]
    count = len(firm)
    submitted = months.begins[month] + chance.integers(0, 15, count)
    tries = chance.random(count) < rule.test_share
    amount = _amounts(shard, firm, chance)
    final = np.where(tries, DEMAND_STATES.index(RECALLED), answer)
    told = tries | (chance.random(count) >= _UNANSWERED)
    closed = submitted + np.where(tries, 1, chance.integers(2, 25, count))
    stated = state(
        shard, "F61", firm, np.arange(count), submitted,
        {
            "demand_no": numbered("XQ", shard.firms.entity[firm] * 1_024 + np.arange(count) % 1_024, 12),
            "amount_fen": fen(np.where(tries, 1.0, amount)),
            "purpose": words(DEMAND_PURPOSES, chance.choice(len(DEMAND_PURPOSES), count, p=_PURPOSE_SHARES)),
            "term_months": chance.choice(_TERMS, count, p=_TERM_SHARES).astype(np.int32),
            "guarantee": words(DEMAND_GUARANTEES, chance.choice(len(DEMAND_GUARANTEES), count, p=_GUARANTEE_SHARES)),
            "submitted_on": days(submitted),
            "state": words(DEMAND_STATES, final),
            "closed_on": days(closed, told),
        },
    )  # fmt: skip
    unknown = {"state": pl.lit(SUBMITTED), "closed_on": pl.lit(None, dtype=pl.Date)}
    return settle(stated, on="closed_on", unknown_before=unknown)


def _asked(shard: Shard, aftermath: Aftermath, chance: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """(firm, month, position of the final state): applications that came over a platform, and other demands."""
    rule, asked = shard.parameters.assets.financing_demand, aftermath.applications
    platform = chance.random(len(asked.firm)) < rule.through_platform
    answered = np.where(asked.granted, DEMAND_STATES.index(GRANTED), DEMAND_STATES.index(DECLINED))
    hazard = rule.rate * np.exp(-rule.illiquidity * shard.latent.liquidity)
    firm, month, _ = happenings(shard, hazard, shard.active, chance)
    given_up = np.where(chance.random(len(firm)) < 0.4, DEMAND_STATES.index(RECALLED), DEMAND_STATES.index(DECLINED))
    return (
        np.concatenate([asked.firm[platform], firm]),
        np.concatenate([asked.month[platform], month]),
        np.concatenate([answered[platform], given_up]),
    )


def _amounts(shard: Shard, firm: Ints, chance: np.random.Generator) -> Floats:
    """Yuan, in whole 10,000."""
    wished = 0.25 * shard.firms.revenue[firm] ** 0.95 * np.exp(0.7 * chance.standard_normal(len(firm)))
    amounts: Floats = np.maximum(np.round(wished / 10_000), 3) * 10_000.0
    return amounts
