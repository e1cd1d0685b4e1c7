"""F38 yearly environmental grades, F39 monitored discharge: integrity, little else."""

import numpy as np
import polars as pl

from features.contracts.discharge import READINGS
from features.contracts.environment_rating import ENVIRONMENT_GRADES
from features.sources.city.arrays import Flags
from features.sources.city.justice.occasions import in_sections, numbered
from features.sources.city.rows import days, state, words
from features.sources.city.shard import Shard

_GREEN, _BLUE, _YELLOW, _RED = range(len(ENVIRONMENT_GRADES))
_BEAR_ON_ENVIRONMENT = "CHE"


def environment_ratings(shard: Shard) -> pl.DataFrame:
    """F38: enterprises whose trade bears on the environment, each December they are open."""
    chance = shard.chances.of("environment")
    rule, months = shard.parameters.justice.environment, shard.months
    rated = in_sections(shard, _BEAR_ON_ENVIRONMENT) & (chance.random(shard.firms.count) < rule.rated_share)
    firm, month = np.nonzero(shard.active & rated[:, None] & (months.month_of_year == 12))
    score = rule.mean + rule.integrity * shard.latent.integrity[firm] + rule.sigma * chance.standard_normal(len(firm))
    grade = np.select([score >= 85, score >= 70, score >= 55], [_GREEN, _BLUE, _YELLOW], _RED)
    return state(
        shard, "F38", firm, month, months.ends[month],
        {
            "year": months.year[month].astype(np.int32),
            "grade": words(ENVIRONMENT_GRADES, grade),
            "score": np.clip(score, 0, 100).astype(np.int32),
        },
    )  # fmt: skip


def discharges(shard: Shard) -> pl.DataFrame:
    """F39: every month of a permit's holder; a failing sensor leaves a gap."""
    chance = shard.chances.of("discharge")
    rule, months = shard.parameters.justice.discharge, shard.months
    holders = _holders(shard, rule.permit_share, chance)
    firm, month = np.nonzero(shard.active & holders[:, None])
    own = np.exp(rule.integrity * shard.latent.integrity + rule.own_sigma * chance.standard_normal(shard.firms.count))
    gap = chance.random(len(firm)) < rule.gap_share
    missing = np.where(gap, chance.integers(1, 20, len(firm)), 0)
    exceeding = np.minimum(chance.poisson(rule.exceed_days * own[firm]), READINGS - missing)
    return state(
        shard, "F39", firm, month, months.ends[month],
        {
            "permit_no": numbered("{}001P", shard.identities.uscc.gather(firm)),
            "month": days(months.ends[month]),
            "n_exceed": exceeding.astype(np.int32),
            "n_missing": missing.astype(np.int32),
        },
    )  # fmt: skip


def _holders(shard: Shard, share: float, chance: np.random.Generator) -> Flags:
    chosen: Flags = in_sections(shard, _BEAR_ON_ENVIRONMENT) & (chance.random(shard.firms.count) < share)
    return chosen
