"""F16 what a month's invoices add up to, on either side."""

import numpy as np
import polars as pl

from features.contracts.invoice_month import INVOICE_SIDES
from features.sources.city.arrays import Floats, logistic
from features.sources.city.population import SMALL
from features.sources.city.rows import days, fen, same, state
from features.sources.city.shard import Shard
from features.sources.city.trade import Trade, basis_points

_TAX_RATES = np.array([0.03, 0.13])
"""Small-scale and general taxpayers."""
_EULER = 0.5772
_MOST_RED = 0.9
"""Of a month's amount."""


def invoice_months(shard: Shard, sides: tuple[Trade, Trade]) -> pl.DataFrame:
    """Months without any invoice have no row."""
    return pl.concat([_summaries(shard, trade) for trade in sides])


def _summaries(shard: Shard, trade: Trade) -> pl.DataFrame:
    chance = shard.chances.of(f"summaries-{trade.side}")
    rule, habits, count = shard.parameters.feeds.invoices, trade.habits, len(trade.firm)
    void_odds = trade.by_firm(habits.void, chance) + rule.void_stress * trade.stress
    red_odds = trade.by_firm(habits.red, chance) + rule.red_stress * trade.stress
    n_void = chance.binomial(trade.n, logistic(void_odds))
    n_red = chance.binomial(trade.n, logistic(red_odds))
    ticket = trade.amount / trade.n * np.exp(0.4 * chance.standard_normal(count))
    red = np.minimum(n_red * ticket, _MOST_RED * trade.amount)
    net = trade.amount - red
    general = (shard.firms.size[trade.firm] >= SMALL).astype(np.int64)
    period = shard.months.ends[trade.month]
    return state(
        shard, "F16", trade.firm, trade.month * 2 + INVOICE_SIDES.index(trade.side), period,
        {
            "period": days(period),
            "side": same(trade.side, count),
            "n": trade.n + n_red,
            "amount_fen": fen(net),
            "tax_fen": fen(net * _TAX_RATES[general]),
            "n_void": n_void,
            "void_fen": fen(n_void * ticket),
            "n_red": n_red,
            "red_fen": fen(-red),
            "n_counterparty": trade.partners,
            "top1_bp": basis_points(trade.top1),
            "top5_bp": basis_points(trade.top5),
            "max_gap_days": np.round(_longest_gaps(shard, trade, chance)).astype(np.int64),
        },
    )  # fmt: skip


def _longest_gaps(shard: Shard, trade: Trade, chance: np.random.Generator) -> Floats:
    """Days without an invoice: firms write them on few days, so that many invoices do not mean many days."""
    length = shard.months.ends[trade.month] - shard.months.begins[trade.month] + 1
    busy = trade.n ** np.clip(trade.by_firm(trade.habits.busy_days, chance), 0.05, 1.0)
    parts = busy + 1
    longest_part = (np.log(parts) + _EULER + 0.5 / parts) / parts
    gap = length * longest_part * np.exp(0.25 * chance.standard_normal(len(busy)))
    longest: Floats = np.clip(gap, 0, length)
    return longest
