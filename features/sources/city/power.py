"""F46 electricity of a month per meter, F47 unpaid, stolen and misused electricity."""

import numpy as np
import polars as pl

from features.contracts.electricity import VOLTAGES
from features.contracts.power_arrears import POWER_ARREARS_KINDS
from features.sources.city.arrays import delayed, felt, logistic
from features.sources.city.population import SMALL
from features.sources.city.rows import days, fen, settle, state, words
from features.sources.city.shard import Shard

_YUAN_PER_KWH = 0.78
_SUMMER = np.array([0.9, 0.8, 0.9, 0.95, 1.05, 1.15, 1.2, 1.2, 1.15, 1.05, 0.9, 0.9])
_DUE_AFTER_DAYS = 20
_FORGOTTEN_DUNNING = 0.10


def electricity(shard: Shard) -> pl.DataFrame:
    """Only firms with a meter of their own; more than half run under their landlord's name."""
    chance = shard.chances.of("power")
    rule, firms, months = shard.parameters.feeds.power, shard.firms, shard.months
    firm, month = np.nonzero(shard.delivered & firms.metered[:, None])
    count = len(firm)
    stress = felt(shard.latent.stress, firm, month, rule.delay_months)
    need = 3.0 * firms.revenue**0.42 * np.exp(0.5 * chance.standard_normal(firms.count))
    course = rule.use_stress * stress + rule.own_sigma * chance.standard_normal(count)
    kwh = np.round(need[firm] * _SUMMER[months.month_of_year[month] - 1] * np.exp(course))
    habit = rule.late_sigma * chance.standard_normal(firms.count)
    late = chance.random(count) < logistic(rule.late + rule.late_stress * stress + habit[firm])
    period = months.ends[month]
    paid = period + np.where(late, _DUE_AFTER_DAYS + chance.integers(3, 60, count), chance.integers(2, 15, count))
    stated = state(
        shard, "F46", firm, month, period,
        {
            "meter_no": _account(shard, firm),
            "period": days(period),
            "kwh": kwh.astype(np.int64),
            "amount_fen": fen(kwh * _YUAN_PER_KWH),
            "paid_on": days(paid),
            "voltage": words(VOLTAGES, (firms.size[firm] > SMALL).astype(np.int64)),
            "settled_on": days(paid, late),
        },
    )  # fmt: skip
    unknown = pl.when(pl.col("settled_on").is_null()).then("paid_on")
    return settle(stated, on="settled_on", unknown_before={"paid_on": unknown}).drop("settled_on")


def _account(shard: Shard, firm: np.ndarray) -> pl.Series:
    entity = shard.firms.entity * 7_919 + shard.chances.seed % 1_000
    return (pl.Series(entity % 10**10 + 3_190_000_000_000).cast(pl.String).str.zfill(14)).gather(firm)


def power_arrears(shard: Shard) -> pl.DataFrame:
    """Debts arise any day; dunned a month later, cleared or not, and rarely disputed with reason."""
    chance = shard.chances.of("power-arrears")
    rule, firms, months = shard.parameters.feeds.power_arrears, shard.firms, shard.months
    hazard = rule.rate * np.exp(rule.stress * delayed(shard.latent.stress, rule.delay_months))
    possible = shard.delivered & firms.metered[:, None]
    firm, month = np.nonzero(possible & (chance.random(hazard.shape) < np.minimum(hazard, 0.2)))
    count = len(firm)
    arose = months.begins[month] + chance.integers(0, 28, count)
    theft = rule.theft_share
    kind = chance.choice(len(POWER_ARREARS_KINDS), size=count, p=[1 - 2 * theft, theft, theft])
    dunned = arose + chance.integers(25, 45, count)
    cleared = dunned + 1 + (rule.cleared_days * np.exp(0.9 * chance.standard_normal(count))).astype(np.int64)
    told = (chance.random(count) < rule.cleared_share) & (
        chance.random(count) >= shard.parameters.dirt.cleared_flag_missing
    )
    stated = state(
        shard, "F47", firm, month, arose,
        {
            "account": _account(shard, firm),
            "kind": words(POWER_ARREARS_KINDS, kind),
            "amount_fen": fen(200 + 2.0 * firms.revenue[firm] ** 0.42 * np.exp(chance.standard_normal(count))),
            "dunned_on": days(dunned, chance.random(count) >= _FORGOTTEN_DUNNING),
            "cleared_on": days(cleared, told),
            "justified": chance.random(count) < 0.08,
            "proof_no": pl.Series([None] * count, dtype=pl.String),
        },
    )  # fmt: skip
    unknown = {"cleared_on": pl.lit(None, dtype=pl.Date)}
    return settle(stated, on="cleared_on", unknown_before=unknown)
