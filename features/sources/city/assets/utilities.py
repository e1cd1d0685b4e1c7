"""F48 water and F49 gas: what an account uses in a month, and whether the bill is paid."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Floats, Ints, felt, logistic
from features.sources.city.assets.drawing import numbered, weighted
from features.sources.city.assets.habits import SupplyHabits
from features.sources.city.rows import days, fen, only_where, settle, state
from features.sources.city.shard import Shard

_DUE_AFTER_DAYS = 20
_IDLE = -4.2
"""Log-odds that an account of an untroubled firm uses nothing in a month."""


@dataclass(frozen=True)
class Supply:
    """A kind of supply; a firm uses about level * revenue ** 0.4 cubic metres a month."""

    feed: str
    prefix: str
    level: float
    yuan_per_m3: float
    habits: SupplyHabits
    holders: Flags
    bimonthly: Flags


def water(shard: Shard) -> pl.DataFrame:
    """Half of the accounts are read every second month."""
    chance = shard.chances.of("water-accounts")
    rule = shard.parameters.assets.water
    holders = shard.firms.metered & (chance.random(shard.firms.count) < rule.share)
    bimonthly = chance.random(shard.firms.count) < rule.bimonthly
    supply = Supply("F48", "W", 0.10, 4.9, rule, holders, bimonthly)
    stated, covered = _bills(shard, supply, shard.chances.of("water"))
    return _paid_later(stated.with_columns(months_covered=pl.Series(covered.astype(np.int32))))


def gas(shard: Shard) -> pl.DataFrame:
    """Kitchens, laundries and workshops."""
    chance = shard.chances.of("gas-accounts")
    rule = shard.parameters.assets.gas
    likely = weighted(shard, rule.sections, 0.0)
    holders = shard.firms.metered & (chance.random(shard.firms.count) < likely)
    supply = Supply("F49", "G", 0.35, 4.4, rule, holders, np.zeros(shard.firms.count, dtype=np.bool_))
    return _paid_later(_bills(shard, supply, shard.chances.of("gas"))[0])


def _bills(shard: Shard, supply: Supply, chance: np.random.Generator) -> tuple[pl.DataFrame, Ints]:
    """First versions with a column `settled_on` where the payment came late, and the months each reading covers."""
    rule, firms, months = supply.habits, shard.firms, shard.months
    odd = (np.arange(months.count) % 2 == 1)[None, :]
    firm, month = np.nonzero(shard.delivered & supply.holders[:, None] & (odd | ~supply.bimonthly[:, None]))
    count = len(firm)
    covered = 1 + supply.bimonthly[firm].astype(np.int64)
    stress = felt(shard.latent.stress, firm, month, rule.delay_months)
    used = covered * _levels(shard, supply, chance)[firm]
    used = used * np.exp(rule.use_stress * stress + rule.own_sigma * chance.standard_normal(count))
    idle = chance.random(count) < logistic(_IDLE + rule.idle_stress * stress)
    m3 = np.where(idle, 0.0, np.maximum(np.round(used), 1.0))
    late = chance.random(count) < logistic(
        rule.late + rule.late_stress * stress + _habits(rule, firms.count, chance)[firm]
    )
    period = months.ends[month]
    due = period + _DUE_AFTER_DAYS
    paid = np.where(late, due + chance.integers(3, 75, count), period + chance.integers(2, _DUE_AFTER_DAYS, count))
    named_only = chance.random(firms.count) < rule.name_only
    stated = state(
        shard, supply.feed, firm, month, period,
        {
            "account": numbered(supply.prefix, (firms.entity * 7_907 + shard.chances.seed) % 10**9, 9).gather(firm),
            "name": shard.identities.name.gather(firm),
            "period": days(period),
            "m3": m3.astype(np.int64),
            "amount_fen": fen(m3 * supply.yuan_per_m3),
            "due_on": days(due),
            "paid_on": days(paid),
            "settled_on": days(paid, late),
        },
    )  # fmt: skip
    return stated.with_columns(uscc=only_where(stated["uscc"], ~named_only[firm])), covered


def _levels(shard: Shard, supply: Supply, chance: np.random.Generator) -> Floats:
    """(firms,) cubic metres in an ordinary month."""
    spread = np.exp(0.6 * chance.standard_normal(shard.firms.count))
    level: Floats = supply.level * shard.firms.revenue**0.4 * spread
    return level


def _habits(rule: SupplyHabits, count: int, chance: np.random.Generator) -> Floats:
    """(firms,) some pay late all their lives."""
    habit: Floats = rule.late_sigma * chance.standard_normal(count)
    return habit


def _paid_later(stated: pl.DataFrame) -> pl.DataFrame:
    """A late payment is learned when it is made."""
    unknown = pl.when(pl.col("settled_on").is_null()).then("paid_on")
    return settle(stated, on="settled_on", unknown_before={"paid_on": unknown}).drop("settled_on")
