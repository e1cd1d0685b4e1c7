"""F14 the tax bureau's yearly grade, F18 the arrears it strikes."""

import numpy as np
import polars as pl

from features.contracts.tax_declaration import TAX_KINDS
from features.sources.city.arrays import delayed, trailing_mean
from features.sources.city.rows import days, fen, settle, state, words
from features.sources.city.shard import Shard

_GRADES = "DMABC"
"""Struck down, too young, then by score from 90, 70 and 40 up; below, D again."""
_ARREARS_SHARES = (0.55, 0.2, 0.05, 0.15, 0.05)
"""By kind of tax, in the contract's order."""


def tax_grades(shard: Shard) -> pl.DataFrame:
    """F14: published from the next April; M for a firm in its first year. The past year's stress, seen dimly."""
    chance = shard.chances.of("grades")
    rule, months, firms = shard.parameters.feeds.grade, shard.months, shard.firms
    december = np.flatnonzero((months.month_of_year == 12) & (np.arange(months.count) >= months.burn_in - 1))
    firm, column = np.nonzero(firms.open_in(months)[:, december] & ~firms.dormant[:, None])
    month = december[column]
    stress = trailing_mean(shard.latent.stress, 12)[firm, month]
    score = rule.mean + rule.integrity * shard.latent.integrity[firm] + rule.stress * stress
    score = np.clip(score + rule.sigma * chance.standard_normal(len(firm)), 0, 100)
    happened = months.ends[month]
    young = (happened - firms.born[firm] < 365) & (score >= 70)
    struck = chance.random(len(firm)) < rule.direct_d
    grade = np.select([struck, young, score >= 90, score >= 70, score >= 40], range(len(_GRADES)), 0)
    return state(
        shard, "F14", firm, months.year[month], happened,
        {
            "year": months.year[month].astype(np.int32),
            "grade": words(_GRADES, grade),
            "score": np.where(struck, 0, score).astype(np.int32),
        },
    )  # fmt: skip


def tax_arrears(shard: Shard) -> pl.DataFrame:
    """F18: struck on the last day of a month; the clearing is a second version, where it is not forgotten."""
    chance = shard.chances.of("arrears")
    rule, months = shard.parameters.feeds.tax_arrears, shard.months
    pull = rule.stress * delayed(shard.latent.stress, rule.delay_months)
    hazard = rule.rate * np.exp(pull + rule.integrity * shard.latent.integrity[:, None])
    firm, month = np.nonzero(shard.active & (chance.random(hazard.shape) < np.minimum(hazard, 0.2)))
    count, struck = len(firm), months.ends[month]
    owed = 300 + shard.firms.revenue[firm] / 12 * 0.03 * np.exp(0.9 * chance.standard_normal(count))
    cleared = struck + np.maximum(1, rule.cleared_days * np.exp(0.8 * chance.standard_normal(count))).astype(np.int64)
    forgotten = chance.random(count) < shard.parameters.dirt.cleared_flag_missing
    stated = state(
        shard, "F18", firm, month, struck,
        {
            "tax_kind": words(TAX_KINDS, chance.choice(len(TAX_KINDS), size=count, p=_ARREARS_SHARES)),
            "period": days(months.ends[month - 1]),
            "arrears_fen": fen(owed),
            "struck_on": days(struck),
            "cleared_on": days(cleared, (chance.random(count) < rule.cleared_share) & ~forgotten),
        },
    )  # fmt: skip
    return settle(stated, on="cleared_on", unknown_before={"cleared_on": pl.lit(None, dtype=pl.Date)})
