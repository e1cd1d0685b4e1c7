"""Who trades abroad, and how much of a month's sales or purchases crosses the border: behind F20, F44 and F45."""

from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Flags, Floats, Ints, delayed, logistic
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard

EXPORT, IMPORT = 0, 1
_TRADING_SECTIONS = ("C", "F")
_OTHERS = 0.25
"""Odds of firms of other sections, relative to makers and merchants."""
_ABROAD = {EXPORT: (0.75, -0.4), IMPORT: (0.55, -0.8)}
"""By direction: share of traders, log-odds of what goes abroad."""
_SPREAD = 1.0


@dataclass(frozen=True)
class CrossBorder:
    """Months with trade in one direction, flat; every array is (rows,). yuan: goods of the month."""

    direction: int
    firm: Ints
    month: Ints
    yuan: Floats


def traders(shard: Shard) -> Flags:
    """(firms,) registered with customs."""
    rule = shard.parameters.fiscal.customs
    share = np.array([rule.traders[size] for size in SIZES])[shard.firms.size]
    names = np.array(list(shard.parameters.sections))
    makers = np.isin(names, _TRADING_SECTIONS)[shard.firms.section]
    drawn = shard.chances.of("traders").random(shard.firms.count)
    trading: Flags = (drawn < share * np.where(makers, 1.0, _OTHERS)) & ~shard.firms.dormant
    return trading


def cross_border(shard: Shard, direction: int) -> CrossBorder:
    """The same rows for every feed that asks. Under stress a firm skips months of trade."""
    chance, rule = shard.chances.of(f"customs-{direction}"), shard.parameters.fiscal.customs
    share, odds = _ABROAD[direction]
    amounts = shard.business.sales if direction == EXPORT else shard.business.purchases
    engaged = traders(shard) & (chance.random(shard.firms.count) < share)
    part = logistic(odds + _SPREAD * chance.standard_normal(shard.firms.count))
    busy = rule.regular + rule.regular_stress * delayed(shard.latent.stress, rule.delay_months)
    busy = busy + _SPREAD * chance.standard_normal(shard.firms.count)[:, None]
    ships = chance.random(busy.shape) < logistic(busy)
    firm, month = np.nonzero(shard.active & engaged[:, None] & ships & (amounts > 0))
    yuan = amounts[firm, month] * part[firm] * np.exp(0.4 * chance.standard_normal(len(firm)))
    return CrossBorder(direction, firm, month, yuan)
