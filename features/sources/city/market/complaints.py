"""F12 complaints: consumers' trades and poor quality draw them; the end is told later, two in five name a shop only."""

import numpy as np
import polars as pl

from features.contracts.complaint import COMPLAINT_KINDS, COMPLAINT_OUTCOMES, COMPLAINT_TOPICS
from features.sources.city.arrays import Floats, Ints, delayed, logistic
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

_CONSUMERS = {"F": 1.6, "H": 2.5, "O": 2.0, "R": 2.0, "K": 1.0, "I": 0.8, "L": 0.6}
"""How much a section of industry deals with consumers; others hardly do."""
_OTHERS = 0.25
_TOPIC_SHARES = (0.30, 0.20, 0.10, 0.12, 0.10, 0.10, 0.08)
_REPORTS, _AMOUNT_UNSTATED, _LEFT_OPEN = 0.2, 0.25, 0.03
_CITY = "深圳市"


def complaints(shard: Shard) -> pl.DataFrame:
    """The end is a second version; a shop's sign leaves out the city, and then only a reviewer finds the enterprise."""
    chance = shard.chances.of("complaints")
    rule, firm, month = shard.parameters.market.complaint, *_made(shard, chance)
    count = len(firm)
    filed = shard.months.begins[month] + chance.integers(0, 28, count)
    took = 1 + (rule.days_to_close * np.exp(0.7 * chance.standard_normal(count))).astype(np.int64)
    closed = chance.random(count) >= _LEFT_OPEN
    reported = chance.random(count) < _REPORTS
    name = shard.identities.name.gather(firm)
    by_name = chance.random(count) < rule.by_shop_name
    sign = by_name & (chance.random(count) < rule.sign_only)
    stated = state(
        shard, "F12", firm, month, filed,
        {
            "shop_name": name.str.strip_prefix(_CITY).zip_with(pl.Series(sign), name),
            "case_no": pl.Series(shard.firms.entity[firm] * 1_000 + month).cast(pl.String),
            "kind": words(COMPLAINT_KINDS, reported.astype(np.int64)),
            "topic": words(COMPLAINT_TOPICS, chance.choice(len(COMPLAINT_TOPICS), size=count, p=_TOPIC_SHARES)),
            "amount_fen": only_where(
                fen(400 * np.exp(1.2 * chance.standard_normal(count))), chance.random(count) >= _AMOUNT_UNSTATED
            ),
            "filed_on": days(filed),
            "closed_on": days(filed + took, closed),
            "outcome": only_where(words(COMPLAINT_OUTCOMES, _outcomes(shard, firm, reported, chance)), closed),
            "days_to_close": only_where(pl.Series(took.astype(np.int32)), closed),
        },
    )  # fmt: skip
    unknown = {
        "closed_on": pl.lit(None, dtype=pl.Date),
        "outcome": pl.lit(None, dtype=pl.String),
        "days_to_close": pl.lit(None, dtype=pl.Int32),
    }
    named = stated.with_columns(uscc=pl.when(pl.Series(~by_name)).then("uscc"))
    return settle(named, on="closed_on", unknown_before=unknown)


def _made(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, month) of each complaint."""
    rule, firms, latent = shard.parameters.market.complaint, shard.firms, shard.latent
    trade = np.array([_CONSUMERS.get(section, _OTHERS) for section in shard.parameters.sections])[firms.section]
    level: Floats = np.log(trade) + rule.size * np.log(firms.revenue / 1e6)
    level = level + rule.quality * latent.quality + rule.integrity * latent.integrity
    level = level + 0.8 * chance.standard_normal(firms.count)
    hazard = rule.rate * np.exp(level[:, None] + rule.stress * delayed(latent.stress, rule.delay_months))
    firm, month = np.nonzero(shard.active & (chance.random(hazard.shape) < np.minimum(hazard, 0.4)))
    return firm, month


def _outcomes(shard: Shard, firm: Ints, reported: np.ndarray, chance: np.random.Generator) -> Ints:
    """Positions in COMPLAINT_OUTCOMES: honest firms settle, reports end in a case or in nothing."""
    drawn = chance.random(len(firm))
    settles = drawn < logistic(0.4 + 0.3 * shard.latent.integrity[firm])
    private = np.where(settles, 0, np.where(chance.random(len(firm)) < 0.6, 1, np.where(drawn > 0.9, 4, 3)))
    return np.where(reported, np.where(drawn < 0.25, 2, 3), private)
