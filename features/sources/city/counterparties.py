"""F17 the largest counterparties of a quarter, ranked."""

import numpy as np
import polars as pl

from features.contracts.invoice_month import INVOICE_SIDES
from features.sources.city.arrays import Floats, Ints
from features.sources.city.identity import keyed_hashes
from features.sources.city.rows import days, fen, same, state
from features.sources.city.shard import Shard
from features.sources.city.trade import SALES, Trade, basis_points

_RANKS = 10
_LEAST_SHARE = 0.18
"""Smaller counterparties are not listed."""
_POOL = 16
"""Counterparties a firm deals with in turn on one side."""


def counterparties(shard: Shard, sides: tuple[Trade, Trade]) -> pl.DataFrame:
    """Up to ten ranks per quarter and side; only quarters that have ended."""
    return pl.concat([_ranked(shard, trade) for trade in sides])


def _ranked(shard: Shard, trade: Trade) -> pl.DataFrame:
    side = INVOICE_SIDES.index(trade.side)
    quarters = _quarters(shard, trade)
    firm, last, top1 = (quarters[name].to_numpy() for name in ("firm", "last", "top1"))
    depth = np.minimum(quarters["partners"].to_numpy(), _ranks_above(top1))
    row = np.repeat(np.arange(len(firm)), depth)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(depth) - depth, depth)
    share = top1[row] * (1 - top1[row]) ** rank
    partner = (rank + _generations(shard, quarters, trade)[row]) % _POOL + _POOL * side
    number = shard.firms.entity[firm[row]] * 2 * _POOL + partner
    pretended = (rank == 0) & shard.relations.inflating(shard.parameters, shard.months)[firm[row], last[row]]
    number = np.where(pretended, _itself(shard.firms.entity[_mates(shard, trade.side)[firm[row]]]), number)
    happened = shard.months.ends[last[row]]
    return state(
        shard, "F17", firm[row], last[row] * 32 + side * 16 + rank, happened,
        {
            "quarter": days(happened),
            "side": same(trade.side, len(row)),
            "rank": rank + 1,
            "cp_hash": _hashes(shard, number),
            "amount_fen": fen(quarters["amount"].to_numpy()[row] * share),
            "share_bp": basis_points(share),
        },
    )  # fmt: skip


def _mates(shard: Shard, side: str) -> Ints:
    """(firms,) with whom a firm of a ring pretends to trade: it sells to the next, and buys from the one before."""
    following = shard.relations.neighbour
    return following if side == SALES else np.argsort(following)


def _itself(entity: Ints) -> Ints:
    """The number under which a firm of the city is a counterparty; those of others are not negative."""
    return -1 - entity


def _quarters(shard: Shard, trade: Trade) -> pl.DataFrame:
    """A firm's quarters in order: amount, counterparties, the share of the largest and the mean stress felt."""
    lasts = np.flatnonzero(shard.months.month_of_year % 3 == 0)
    quarter_end = lasts[np.minimum(np.searchsorted(lasts, trade.month), len(lasts) - 1)]
    months = pl.DataFrame(
        {
            "firm": trade.firm,
            "month": trade.month,
            "last": quarter_end,
            "amount": trade.amount,
            "partners": trade.partners,
            "top1": trade.top1,
            "stress": trade.stress,
        }
    )
    ended = months.filter(pl.col("month") <= pl.col("last")).group_by("firm", "last")
    totals = ended.agg(pl.sum("amount"), pl.max("partners"), pl.mean("top1", "stress"))
    return totals.sort("firm", "last")


def _generations(shard: Shard, quarters: pl.DataFrame, trade: Trade) -> Ints:
    """(quarters,) how often a firm's order of counterparties has changed; more often under stress."""
    chance, rule = shard.chances.of(f"counterparties-{trade.side}"), shard.parameters.feeds.counterparties
    odds = np.clip(rule.churn + rule.churn_stress * quarters["stress"].to_numpy(), 0.0, 1.0)
    changed = pl.Series("changed", chance.random(len(odds)) < odds)
    counted = quarters.with_columns(changed).select(pl.col("changed").cum_sum().over("firm"))
    generation: Ints = counted.to_series().to_numpy().astype(np.int64)
    return generation


def _ranks_above(top1: Floats) -> Ints:
    """How many ranks reach the least share, when each rank takes the same part of what those before it leave."""
    rest = np.log1p(-np.clip(top1, 0.01, 0.99))
    ranks = np.floor(np.log(_LEAST_SHARE / np.clip(top1, _LEAST_SHARE, 1.0)) / rest).astype(np.int64) + 1
    return np.clip(ranks, 1, _RANKS)


def _hashes(shard: Shard, partners: Ints) -> pl.Series:
    distinct, position = np.unique(partners, return_inverse=True)
    return keyed_hashes("counterparty", distinct, shard.chances.seed).gather(position)
