"""F22 insured staff and contributions of a month."""

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints, delayed, felt, logistic
from features.sources.city.rows import days, fen, state
from features.sources.city.shard import Shard

_HEADCOUNT = 0.45, 0.55
"""Staff = 0.45 * (yearly revenue in 10,000 yuan) ** 0.55."""
_INSURED = 0.75
_BASE_YUAN = 5_600.0
_RATE = 0.32
_FIRST_HIRE = 0.4
"""Firms that have lost all staff hire as if they had so many."""


def social_insurance(shard: Shard) -> pl.DataFrame:
    """A firm without an account has no rows; one left by all, or never used by a firm at rest, stays, with nobody."""
    chance = shard.chances.of("staff")
    staff, joined, left = staff_course(shard, chance)
    months = shard.months
    firm, month = np.nonzero(shard.delivered & shard.firms.account[:, None])
    insured = staff[firm, month]
    wage = _BASE_YUAN * np.exp(0.3 * chance.standard_normal(shard.firms.count))
    base = insured * wage[firm] * 1.04 ** (month / 12)
    payable = base * _RATE
    rule = shard.parameters.feeds.staff
    stress = felt(shard.latent.stress, firm, month, rule.delay_months)
    unpaid = chance.random(len(firm)) < logistic(rule.unpaid + rule.unpaid_stress * stress)
    period = months.ends[month]
    return state(
        shard, "F22", firm, month, period,
        {
            "period": days(period),
            "insured_n": insured.astype(np.int32),
            "base_total_fen": fen(base),
            "payable_fen": fen(payable),
            "paid_fen": fen(np.where(unpaid, payable * chance.uniform(0, 0.9, len(firm)), payable)),
            "new_n": joined[firm, month].astype(np.int32),
            "left_n": left[firm, month].astype(np.int32),
        },
    )  # fmt: skip


def staff_course(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """(firms, months) staff at month end, joined and left in the month; `chance` is the stream `staff`, new."""
    rule, firms = shard.parameters.feeds.staff, shard.firms
    stress = delayed(shard.latent.stress, rule.delay_months)
    leaving = np.clip(rule.leave * np.exp(rule.leave_stress * stress), 0.0, 0.6)
    hiring: Floats = rule.hire * np.exp(rule.hire_stress * stress)
    scale, power = _HEADCOUNT
    heads = np.maximum(scale * (firms.revenue / 10_000) ** power, 1.0)
    start = np.where(firms.insured, 1 + chance.binomial(heads.astype(np.int64), _INSURED), 0)
    staff, joined, left = (np.zeros(stress.shape, dtype=np.int64) for _ in range(3))
    present = start
    for month in range(shard.months.count):
        left[:, month] = chance.binomial(present, leaving[:, month])
        joined[:, month] = chance.poisson((present + _FIRST_HIRE) * hiring[:, month]) * firms.insured
        present = present - left[:, month] + joined[:, month]
        staff[:, month] = present
    return staff, joined, left
