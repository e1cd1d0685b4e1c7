"""What a firm invoices each month on either side, before anybody sums it up or ranks it."""

from dataclasses import dataclass

import numpy as np

from features.contracts.invoice_month import INVOICE_SIDES
from features.sources.city.arrays import Floats, Ints, logistic
from features.sources.city.reactions import Habit, SideHabits
from features.sources.city.shard import Shard

SALES, PURCHASES = INVOICE_SIDES
_TICKET_YUAN = np.array([4_000.0, 10_000.0, 28_000.0, 70_000.0, 140_000.0])
"""Median amount of one invoice by size of the firm."""
_USUAL = 2.6
"""Logarithm of the invoices a firm has in an ordinary month."""
_MOST_INVOICES, _MOST_PARTNERS = 5_000, 200
_TOP_FIVE = 5
_OF_THE_REST, _OF_THE_REST_SIGMA = 1.3, 1.9
"""Log-odds of what the second to fifth counterparties take of what the first leaves; spread between firms."""


@dataclass(frozen=True)
class Trade:
    """One side's months with invoices, flat: every array but two is (rows,). amount: yuan. top1, top5: shares of it.

    orders: (firms,) how much a firm lives on few large ones. number: (firms,) logarithm of the invoices of an ordinary
    month, beside what is usual.
    """

    side: str
    habits: SideHabits
    orders: Floats
    number: Floats
    firm: Ints
    month: Ints
    amount: Floats
    n: Ints
    partners: Ints
    top1: Floats
    top5: Floats
    stress: Floats

    def by_firm(self, habit: Habit, chance: np.random.Generator) -> Floats:
        """(rows,) a habit that differs between firms and stays the same from month to month."""
        return habit.of_firms(self.orders, chance, self.number)[self.firm]


def trade_sides(shard: Shard) -> tuple[Trade, Trade]:
    """Sales, which answer to stress, and purchases, whose habits do not."""
    rule = shard.parameters.feeds.invoices
    return (
        _trade(shard, SALES, shard.business.sales, shard.business.orders[0], rule.sales, felt=1.0),
        _trade(shard, PURCHASES, shard.business.purchases, shard.business.orders[1], rule.purchases, felt=0.0),
    )


def _trade(shard: Shard, side: str, amounts: Floats, orders: Floats, habits: SideHabits, felt: float) -> Trade:
    chance, firms = shard.chances.of(f"trade-{side}"), shard.firms
    firm, month = np.nonzero((amounts > 0) & shard.active & firms.invoicing[:, None])
    amount, stress = amounts[firm, month], felt * shard.latent.stress[firm, month]
    ticket = _TICKET_YUAN[firms.size] * np.exp(habits.ticket.of_firms(orders, chance))
    number = np.log1p(firms.revenue / 12 / ticket) - _USUAL
    n = 1 + chance.poisson(np.minimum(amount / ticket[firm], _MOST_INVOICES))
    rule = shard.parameters.feeds.invoices
    meets = habits.partners.of_firms(orders, chance, number)[firm] + rule.partners_stress * stress
    partners = 1 + chance.binomial(np.minimum(n - 1, _MOST_PARTNERS), _from(habits.partners_least, logistic(meets)))
    leaning = habits.top1.of_firms(orders, chance, number)
    pull = rule.top1_stress * stress + 0.35 * chance.standard_normal(len(firm))
    largest = _from(habits.top1_least, logistic(leaning[firm] + pull))
    top1 = np.where(partners == 1, 1.0, np.maximum(largest, 1 / partners))
    rest = _OF_THE_REST + _OF_THE_REST_SIGMA * chance.standard_normal(firms.count)
    rest = logistic(rest[firm] + 0.5 * chance.standard_normal(len(firm)))
    next_four = np.maximum(rest, 4 / np.maximum(partners - 1, 4))
    top5 = np.where(partners <= _TOP_FIVE, 1.0, np.minimum(top1 + (1 - top1) * next_four, 1.0))
    return Trade(side, habits, orders, number, firm, month, amount, n, partners, top1, top5, stress)


def _from(least: float, share: Floats) -> Floats:
    """Shares of what is above a least one, as shares of the whole."""
    return least + (1 - least) * share


def basis_points(share: Floats) -> Ints:
    """Whole basis points, cut off."""
    points: Ints = np.floor(share * 10_000).astype(np.int64)
    return points
