"""F45 what customs count of a month's imports and exports."""

import numpy as np
import polars as pl

from features.contracts.trade_month import TRADE_DIRECTIONS
from features.sources.city.fiscal.customs import EXPORT, IMPORT, CrossBorder, cross_border
from features.sources.city.rows import days, state
from features.sources.city.shard import Shard

_IN_ORDER = {EXPORT: TRADE_DIRECTIONS[1], IMPORT: TRADE_DIRECTIONS[0]}
_COUNTRIES = ("USA", "HKG", "VNM", "JPN", "DEU", "KOR", "IND", "MYS", "GBR", "MEX", "NLD", "THA", "ARE", "BRA", "AUS")
_YUAN_PER_USD, _TICKET_YUAN, _MOST = 6.6, 180_000.0, 2_000


def trade_months(shard: Shard) -> pl.DataFrame:
    """A row per direction with trade in the month; agents' rows count declarations and no value."""
    return pl.concat([_direction(shard, cross_border(shard, direction)) for direction in (EXPORT, IMPORT)])


def _direction(shard: Shard, trade: CrossBorder) -> pl.DataFrame:
    chance, rule = shard.chances.of(f"trade-months-{trade.direction}"), shard.parameters.fiscal.customs
    agent = chance.random(shard.firms.count) < rule.agent_share
    period = shard.months.ends[trade.month]
    return state(
        shard, "F45", trade.firm, trade.month * 2 + trade.direction, period,
        {
            "period": days(period),
            "direction": np.full(len(period), _IN_ORDER[trade.direction]),
            "amount_usd_cents": np.where(
                agent[trade.firm], 0, np.round(trade.yuan / _YUAN_PER_USD * 100).astype(np.int64)
            ),
            "declarations": 1 + chance.poisson(np.minimum(trade.yuan / _TICKET_YUAN, _MOST)),
            "top_country": pl.Series(_COUNTRIES).gather(_markets(shard, trade, chance)),
        },
    )  # fmt: skip


def _markets(shard: Shard, trade: CrossBorder, chance: np.random.Generator) -> np.ndarray:
    """A firm's own first market, now and then its second."""
    first, second = (np.minimum(chance.geometric(0.25, shard.firms.count), len(_COUNTRIES)) - 1 for _ in range(2))
    elsewhere = chance.random(len(trade.firm)) < 0.15
    return np.where(elsewhere, second[trade.firm], first[trade.firm])
