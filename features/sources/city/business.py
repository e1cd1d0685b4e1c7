"""What really goes on in a firm each month, whether or not a department hears of it: sales, purchases, pauses."""

from dataclasses import dataclass

import numpy as np

from features.sources.city.arrays import Flags, Floats, logistic
from features.sources.city.latent import Latent
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters
from features.sources.city.population import SMALL, Firms
from features.sources.city.relations import Relations
from features.sources.city.streams import Chances

_SEASON = np.array([0.98, 0.72, 1.0, 0.99, 1.0, 1.03, 0.99, 1.0, 1.06, 0.97, 1.08, 1.18])
"""January to December: the Spring Festival empties February, the year's end fills December."""
_RAMP_YEARS = 0.7
_LARGER_FIRMS_PAUSE_LESS = 1.2
_RESTLESS_SIGMA = 0.45
"""Some firms' months differ much more than others'."""


@dataclass(frozen=True)
class Business:
    """Arrays (firms, months).

    trading: sells in that month. sales, purchases: yuan without tax, zero when not trading.
    """

    trading: Flags
    sales: Floats
    purchases: Floats


def run_business(
    parameters: Parameters, months: Months, firms: Firms, relations: Relations, latent: Latent, chances: Chances
) -> Business:
    """Sales answer to stress at once; what is delivered about them later is their measured shadow."""
    chance = chances.of("business")
    rule = parameters.feeds.invoices
    trading = firms.open_in(months) & ~firms.dormant[:, None] & ~_pauses(parameters, firms, latent, chance)
    level = firms.revenue[:, None] / 12 * _SEASON[months.month_of_year - 1] * _ramp(months, firms)
    course = _growth(parameters, months, latent, chance) + rule.sales_stress * latent.stress
    restless = np.exp(_RESTLESS_SIGMA * chance.standard_normal(firms.count))[:, None]
    course = course + restless * _own_course(rule.own_persistence, rule.own_sigma, latent.stress.shape, chance)
    course += parameters.relations.ring_sales * relations.inflating(parameters, months)
    sales = level * np.exp(course)
    margin = rule.purchase_margin + rule.margin_quality * latent.quality + 0.10 * chance.standard_normal(firms.count)
    stocking = np.exp(restless * rule.stock_sigma * chance.standard_normal(sales.shape))
    purchases = sales * (1 - np.clip(margin, 0.02, 0.7))[:, None] * stocking
    return Business(trading, np.where(trading, sales, 0.0), np.where(trading, purchases, 0.0))


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


def _own_course(persistence: float, sigma: float, shape: tuple[int, ...], chance: np.random.Generator) -> Floats:
    """A firm's own ups and downs: AR(1) of the given steady spread, unrelated to its state."""
    shocks = sigma * np.sqrt(1 - persistence**2) * chance.standard_normal(shape)
    path: Floats = np.empty_like(shocks)
    path[:, 0] = shocks[:, 0] / np.sqrt(1 - persistence**2)
    for month in range(1, shape[1]):
        path[:, month] = persistence * path[:, month - 1] + shocks[:, month]
    return path
