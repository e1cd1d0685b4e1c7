"""F16 monthly invoice summaries and F17 the largest counterparties of a quarter."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints, logistic
from features.sources.city.identity import keyed_hashes
from features.sources.city.population import SMALL
from features.sources.city.rows import days, fen, state
from features.sources.city.shard import Shard

SIDES = ("销", "进")
_TICKET_YUAN = (1_500.0, 4_000.0, 12_000.0, 30_000.0, 60_000.0)
"""Median amount of one invoice by size of the firm."""
_TAX_RATE = 0.03, 0.13
"""Small-scale and general taxpayers."""
_COUNTERPARTIES_PER_INVOICE = 0.55
_RANKS = 10
_LEAST_SHARE = 0.06
"""Smaller counterparties are not listed."""
_POOL = 16
"""Counterparties a firm deals with in turn on one side."""


@dataclass(frozen=True)
class Trade:
    """One side's months with invoices, flat; `fen` amounts stay in yuan here. Arrays are (rows,)."""

    firm: Ints
    month: Ints
    amount: Floats
    n: Ints
    n_counterparty: Ints
    top1: Floats
    top5: Floats


def invoice_sides(shard: Shard) -> tuple[Trade, Trade]:
    """Sales and purchases as invoiced, what both feeds are made of."""
    business = shard.business
    return _trade(shard, SIDES[0], business.sales), _trade(shard, SIDES[1], business.purchases)


def _trade(shard: Shard, side: str, amounts: Floats) -> Trade:
    chance = shard.chances.of(f"trade-{side}")
    rule = shard.parameters.feeds.invoices
    inside = amounts * (np.arange(shard.months.count) >= shard.months.burn_in)
    firm, month = np.nonzero(inside > 0)
    amount = amounts[firm, month]
    ticket = np.array(_TICKET_YUAN)[shard.firms.size] * np.exp(0.5 * chance.standard_normal(shard.firms.count))
    n = 1 + chance.poisson(np.minimum(amount / ticket[firm], 5_000))
    habit = rule.top1_sigma * chance.standard_normal(shard.firms.count)
    partners = 1 + chance.binomial(np.minimum(n - 1, 200), _COUNTERPARTIES_PER_INVOICE)
    stress = shard.latent.stress[firm, month] if side == SIDES[0] else np.zeros(len(firm))
    odds = rule.top1 + habit[firm] + rule.top1_stress * stress + 0.35 * chance.standard_normal(len(firm))
    top1 = np.where(partners == 1, 1.0, np.maximum(logistic(odds), 1 / partners))
    rest = chance.beta(5, 2, len(firm))
    top5 = np.where(partners <= 5, 1.0, top1 + (1 - top1) * np.maximum(rest, 4 / np.maximum(partners - 1, 4)))
    return Trade(firm, month, amount, n, partners, top1, np.minimum(top5, 1.0))


def invoice_months(shard: Shard, sides: tuple[Trade, Trade]) -> pl.DataFrame:
    """F16: months without any invoice have no row."""
    return pl.concat([_summaries(shard, side, trade) for side, trade in zip(SIDES, sides, strict=True)])


def _summaries(shard: Shard, side: str, trade: Trade) -> pl.DataFrame:
    chance = shard.chances.of(f"summaries-{side}")
    firm, month, count = trade.firm, trade.month, len(trade.firm)
    rule = shard.parameters.feeds.invoices
    stress = shard.latent.stress[firm, month] if side == SIDES[0] else np.zeros(count)
    ticket = trade.amount / trade.n
    void_habit = rule.void_sigma * chance.standard_normal(shard.firms.count)
    red_habit = rule.red_sigma * chance.standard_normal(shard.firms.count)
    n_void = chance.binomial(trade.n, logistic(rule.void + void_habit[firm] + rule.void_stress * stress))
    n_red = chance.binomial(trade.n, logistic(rule.red + red_habit[firm] + rule.red_stress * stress))
    red = np.minimum(n_red * ticket * np.exp(0.4 * chance.standard_normal(count)), 0.9 * trade.amount)
    net = trade.amount - red
    length = shard.months.ends[month] - shard.months.begins[month] + 1
    gap = length / (trade.n + 1) * (0.6 + np.log1p(trade.n)) * np.exp(0.25 * chance.standard_normal(count))
    period = shard.months.ends[month]
    return state(
        shard, "F16", firm, month * 2 + SIDES.index(side), period,
        {
            "period": days(period),
            "side": np.full(count, side),
            "n": (trade.n + n_red).astype(np.int32),
            "amount_fen": fen(net),
            "tax_fen": fen(net * np.where(shard.firms.size[firm] >= SMALL, _TAX_RATE[1], _TAX_RATE[0])),
            "n_void": n_void.astype(np.int32),
            "void_fen": fen(n_void * ticket * np.exp(0.4 * chance.standard_normal(count))),
            "n_red": n_red.astype(np.int32),
            "red_fen": fen(-red),
            "n_counterparty": trade.n_counterparty.astype(np.int32),
            "top1_bp": _basis_points(trade.top1),
            "top5_bp": _basis_points(trade.top5),
            "max_gap_days": np.clip(np.round(gap), 0, length).astype(np.int32),
        },
    )  # fmt: skip


def _basis_points(share: Floats) -> np.ndarray:
    return np.floor(share * 10_000).astype(np.int32)


def counterparties(shard: Shard, sides: tuple[Trade, Trade]) -> pl.DataFrame:
    """F17: up to ten ranks per quarter and side; only quarters that have ended."""
    return pl.concat([_ranked(shard, side, trade) for side, trade in zip(SIDES, sides, strict=True)])


def _ranked(shard: Shard, side: str, trade: Trade) -> pl.DataFrame:
    chance = shard.chances.of(f"counterparties-{side}")
    rule = shard.parameters.feeds.counterparties
    quarters = _quarters(shard, trade)
    firm, last, amount = quarters["firm"].to_numpy(), quarters["last"].to_numpy(), quarters["amount"].to_numpy()
    top1 = quarters["top1"].to_numpy()
    depth = np.minimum(quarters["partners"].to_numpy(), _ranks_above(top1))
    stress = shard.latent.stress[firm, last] if side == SIDES[0] else np.zeros(len(firm))
    changed = chance.random(len(firm)) < np.clip(rule.churn + rule.churn_stress * stress, 0.0, 1.0)
    generation = pl.DataFrame({"firm": firm, "changed": changed}).select(pl.col("changed").cum_sum().over("firm"))
    row = np.repeat(np.arange(len(firm)), depth)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(depth) - depth, depth)
    share = top1[row] * (1 - top1[row]) ** rank
    partner = (rank + generation.to_series().to_numpy()[row]) % _POOL + _POOL * SIDES.index(side)
    happened = shard.months.ends[last[row]]
    return state(
        shard, "F17", firm[row], last[row] * 32 + SIDES.index(side) * 16 + rank, happened,
        {
            "quarter": days(happened),
            "side": np.full(len(row), side),
            "rank": (rank + 1).astype(np.int32),
            "cp_hash": _hashes(shard, shard.firms.entity[firm[row]] * 2 * _POOL + partner),
            "amount_fen": fen(amount[row] * share),
            "share_bp": _basis_points(share),
        },
    )  # fmt: skip


def _ranks_above(top1: Floats) -> Ints:
    """How many ranks reach the least share, when each rank takes the same part of what those before it leave."""
    rest = np.log1p(-np.clip(top1, 0.01, 0.99))
    ranks = np.floor(np.log(_LEAST_SHARE / np.clip(top1, _LEAST_SHARE, 1.0)) / rest).astype(np.int64) + 1
    return np.clip(ranks, 1, _RANKS)


def _quarters(shard: Shard, trade: Trade) -> pl.DataFrame:
    """A firm's quarters in order: amount, customers and the share of the largest."""
    lasts = np.flatnonzero(shard.months.month_of_year % 3 == 0)
    quarter_end = lasts[np.minimum(np.searchsorted(lasts, trade.month), len(lasts) - 1)]
    months = pl.DataFrame(
        {
            "firm": trade.firm,
            "month": trade.month,
            "last": quarter_end,
            "amount": trade.amount,
            "partners": trade.n_counterparty,
            "top1": trade.top1,
        }
    )
    ended = months.filter(pl.col("month") <= pl.col("last")).group_by("firm", "last")
    return ended.agg(pl.sum("amount"), pl.max("partners"), pl.col("top1").mean()).sort("firm", "last")


def _hashes(shard: Shard, partners: Ints) -> pl.Series:
    distinct, position = np.unique(partners, return_inverse=True)
    return keyed_hashes("counterparty", distinct, shard.chances.seed).gather(position)
