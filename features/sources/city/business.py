"""What really goes on in a firm each month, whether or not a department hears of it: sales, purchases, pauses."""

from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Flags, Floats, logistic
from features.sources.city.latent import Latent
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters
from features.sources.city.population import SMALL, Firms
from features.sources.city.reactions import SideHabits
from features.sources.city.relations import Relations
from features.sources.city.streams import Chances

_SEASON = np.array([0.98, 0.72, 1.0, 0.99, 1.0, 1.03, 0.99, 1.0, 1.06, 0.97, 1.08, 1.18])
"""January to December: the Spring Festival empties February, the year's end fills December."""
_RAMP_YEARS = 0.7
_LARGER_FIRMS_PAUSE_LESS = 1.2
_STEADIEST = 0.1
"""How far at least a firm's months differ, in logarithms."""


@dataclass(frozen=True)
class Business:
    """Arrays (firms, months).

    trading: sells in that month. sales, purchases: yuan without tax, zero when not trading.
    orders: (2, firms) how much a firm lives on few large orders when it sells and when it buys; 0 on average.
    """

    trading: Flags
    sales: Floats
    purchases: Floats
    orders: Floats


def run_business(
    parameters: Parameters, months: Months, firms: Firms, relations: Relations, latent: Latent, chances: Chances
) -> Business:
    """Sales answer to stress at once; what is delivered about them later is their measured shadow."""
    chance = chances.of("business")
    rule = parameters.feeds.invoices
    trading = firms.open_in(months) & ~firms.dormant[:, None] & ~_pauses(parameters, firms, latent, chance)
    level = firms.revenue[:, None] / 12 * _SEASON[months.month_of_year - 1] * _ramp(months, firms)
    course = _growth(parameters, months, latent, chance) + rule.sales_stress * latent.stress
    course += parameters.relations.ring_sales * relations.inflating(parameters, months)
    orders = _orders(rule.orders_correlation, chances.of("orders"), firms.count)
    spreads = [_spread(side, of, chance) for side, of in zip((rule.sales, rule.purchases), orders, strict=True)]
    selling, own = (
        _own_course(side.persistence, spread, months.count, chance)
        for side, spread in zip((rule.sales, rule.purchases), spreads, strict=True)
    )
    buying = rule.purchases_follow * selling + own - _more_on_average(rule.purchases_follow, *spreads)[:, None]
    margin = rule.purchase_margin + rule.margin_quality * latent.quality + 0.10 * chance.standard_normal(firms.count)
    sales = level * np.exp(course + selling)
    purchases = level * np.exp(course + buying) * (1 - np.clip(margin, 0.02, 0.7))[:, None]
    return Business(trading, np.where(trading, sales, 0.0), np.where(trading, purchases, 0.0), orders)


def _pauses(parameters: Parameters, firms: Firms, latent: Latent, chance: np.random.Generator) -> Flags:
    rule = parameters.feeds.invoices
    habit = 0.6 * chance.standard_normal(firms.count) - _LARGER_FIRMS_PAUSE_LESS * np.maximum(firms.size - SMALL + 1, 0)
    odds = rule.pause + rule.pause_stress * latent.stress + habit[:, None]
    return chance.random(odds.shape) < logistic(odds)


def _ramp(months: Months, firms: Firms) -> Floats:
    """New firms start small: one less exp(-age / 0.7 years)."""
    ramp: Floats = -np.expm1(-(firms.age_years(months) + 0.04) / _RAMP_YEARS)
    return ramp


def _growth(parameters: Parameters, months: Months, latent: Latent, chance: np.random.Generator) -> Floats:
    """Logarithm of the trend, zero at the middle of the calendar."""
    rule = parameters.firms.growth
    yearly = rule.mean + rule.quality * latent.quality + rule.sigma * chance.standard_normal(len(latent.quality))
    years = (np.arange(months.count) - months.count / 2) / 12
    growth: Floats = yearly[:, None] * years
    return growth


def _orders(correlation: float, chance: np.random.Generator, count: int) -> Floats:
    """(2, firms) of one mind in part: who sells to few buys from few."""
    sales, own = chance.standard_normal((2, count))
    return np.stack([sales, correlation * sales + np.sqrt(1 - correlation**2) * own])


def _spread(habits: SideHabits, orders: Floats, chance: np.random.Generator) -> Floats:
    """(firms,) how far a firm's months differ, in logarithms."""
    spread: Floats = np.maximum(habits.amounts.of_firms(orders, chance), _STEADIEST)
    return spread


def _own_course(persistence: float, spread: Floats, months: int, chance: np.random.Generator) -> Floats:
    """A firm's own ups and downs: AR(1) of its steady spread, unrelated to its state."""
    path: Floats = spread[:, None] * chance.standard_normal((len(spread), months))
    new = np.sqrt(1 - persistence**2)
    for month in range(1, months):
        path[:, month] = persistence * path[:, month - 1] + new * path[:, month]
    return path


def _more_on_average(follow: float, selling: Floats, buying: Floats) -> Floats:
    """(firms,) by how much purchases that differ more from month to month than sales would outgrow them."""
    return (buying**2 - (1 - follow**2) * selling**2) / 2
