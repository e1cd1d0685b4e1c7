"""The forty items of a statement, yuan, so that they add up: what a firm owns, owes and earned in a quarter.

What is reported is not quite what is so: the lower the integrity, the better the sheet looks.
"""

from collections.abc import Callable

import numpy as np

from features.sources.city.arrays import Floats, Ints, logistic, trailing_mean
from features.sources.city.shard import Shard

Items = dict[str, Floats]
Habit = Callable[[float, float], Floats]
"""From the spread between firms and from quarter to quarter to (rows,) deviations."""

_CURRENT = {
    "receivables": 1.0,
    "inventory": 0.7,
    "other_receivables": -0.6,
    "prepayments": -0.7,
    "notes_receivable": -1.6,
}
_NONCURRENT = {"fixed_assets": 1.0, "intangibles": -1.2, "construction": -2.6}
_OWED_SOON = {
    "short_debt": 0.4,
    "payables": 0.8,
    "other_payables": -0.3,
    "advances": -0.6,
    "wages_payable": -1.0,
    "tax_payable": -1.3,
    "notes_payable": -2.4,
}
"""Log-weights of a typical firm; each has its own."""
_OWN_WEIGHTS, _MOVING_WEIGHTS = 0.6, 0.15
_SHORT_INVESTMENTS, _LONG_DEBT = 0.02, 0.12
_MOST_OWED = 1.3
"""Of assets: a few owe more than they own."""
_OWN_RATE = 0.35
"""Spread between firms of the logarithm of the interest they are asked."""
_YEARLY_INTEREST, _SURCHARGES, _SMALL_FIRM_TAX = 0.056, 0.004, 0.05
_LEAST_OF_USUAL = 0.05
_RESEARCH_SECTIONS = ("I", "M", "C")


def balance_sheet(shard: Shard, firm: Ints, month: Ints, chance: np.random.Generator) -> Items:
    """26 items (rows,). Debt rises with leverage and stress, cash falls with stress."""
    rule, latent, count = shard.parameters.fiscal.financial_statement, shard.latent, shard.firms.count
    stress, colour = latent.stress[firm, month], rule.reporting_bias * latent.integrity[firm]

    def habit(sigma: float, noise: float) -> Floats:
        drawn: Floats = (sigma * chance.standard_normal(count))[firm] + noise * chance.standard_normal(len(firm))
        return drawn

    assets = _scale(shard, firm, month) * np.exp(0.1 + habit(0.7, 0.12))
    owed = rule.debt + rule.debt_leverage * latent.leverage[firm] + rule.debt_stress * stress
    liabilities = _MOST_OWED * assets * logistic(owed + colour + habit(rule.own_sigma, 0.25))
    current = assets * logistic(0.9 + habit(0.7, 0.15))
    cash = current * logistic(rule.cash + rule.cash_stress * stress - colour + habit(rule.own_sigma, 0.5))
    short_investments = _SHORT_INVESTMENTS * current * (chance.random(len(firm)) < 0.1)
    long_debt = liabilities * _LONG_DEBT * (chance.random(count) < 0.35)[firm]
    sheet = {
        "cash": cash,
        "short_investments": short_investments,
        **_divided(current - cash - short_investments, _CURRENT, habit),
        "current_assets": current,
        **_divided(assets - current, _NONCURRENT, habit),
        "noncurrent_assets": assets - current,
        "assets": assets,
        **_divided(liabilities - long_debt, _OWED_SOON, habit),
        "current_liabilities": liabilities - long_debt,
        "long_debt": long_debt,
        "liabilities": liabilities,
        "equity": assets - liabilities,
    }
    paid_in = (shard.firms.revenue * np.exp(-1.2 + 0.8 * chance.standard_normal(count)))[firm]
    return sheet | {"paid_in_capital": paid_in, "retained": sheet["equity"] - paid_in}


def profit_and_loss(shard: Shard, firm: Ints, month: Ints, sheet: Items, chance: np.random.Generator) -> Items:
    """14 items of the quarter (rows,). Revenue is what was sold; the margin answers to quality and stress."""
    rule, latent = shard.parameters.fiscal.financial_statement, shard.latent
    sales, count = shard.business.sales, shard.firms.count
    revenue = sales[firm, month] + sales[firm, month - 1] + sales[firm, month - 2]
    usual = (rule.own_margin_sigma * chance.standard_normal(count) + rule.margin_quality * latent.quality)[firm]
    noise = rule.own_margin_sigma * chance.standard_normal(len(firm))
    margin = np.clip(rule.margin + usual + rule.margin_stress * latent.stress[firm, month] + noise, -0.5, 0.9)
    ordinary = _scale(shard, firm, month) / 4
    admin = (
        0.10 * ordinary * np.exp(0.6 * chance.standard_normal(count)[firm] + 0.3 * chance.standard_normal(len(firm)))
    )
    selling = 0.05 * revenue * np.exp(0.7 * chance.standard_normal(count))[firm]
    makers = np.isin(np.array(list(shard.parameters.sections)), _RESEARCH_SECTIONS)[shard.firms.section]
    research = 0.06 * ordinary * (makers * (chance.random(count) < 0.4) * np.exp(chance.standard_normal(count)))[firm]
    rate = (_YEARLY_INTEREST * np.exp(_OWN_RATE * chance.standard_normal(count)))[firm]
    interest = (sheet["short_debt"] + sheet["long_debt"]) * rate / 4
    finance, surcharges = 1.1 * interest, _SURCHARGES * revenue
    other_income = 0.01 * ordinary * (chance.random(len(firm)) < 0.15)
    operating = revenue * margin - surcharges - selling - admin - research - finance + other_income
    nonoperating = 0.01 * ordinary * chance.standard_normal(len(firm)) * (chance.random(len(firm)) < 0.2)
    tax = _SMALL_FIRM_TAX * np.maximum(operating + nonoperating, 0.0)
    return {
        "revenue": revenue,
        "cost": revenue * (1 - margin),
        "surcharges": surcharges,
        "selling": selling,
        "admin": admin,
        "research": research,
        "finance": finance,
        "interest": interest,
        "other_income": other_income,
        "operating_profit": operating,
        "nonoperating": nonoperating,
        "profit": operating + nonoperating,
        "income_tax": tax,
        "net_profit": operating + nonoperating - tax,
    }


def _scale(shard: Shard, firm: Ints, month: Ints) -> Floats:
    """(rows,) yearly sales a firm is set up for: what it was founded on, and part of what it has sold of late."""
    usual = shard.firms.revenue
    lately = np.maximum(12 * trailing_mean(shard.business.sales, 12), _LEAST_OF_USUAL * usual[:, None])
    follows = shard.parameters.fiscal.financial_statement.follows_sales
    scale: Floats = usual[firm] ** (1 - follows) * lately[firm, month] ** follows
    return scale


def _divided(whole: Floats, weights: dict[str, float], habit: Habit) -> Items:
    """A sum split into named parts, by weights that differ between firms and move a little."""
    parts = {name: np.exp(weight + habit(_OWN_WEIGHTS, _MOVING_WEIGHTS)) for name, weight in weights.items()}
    unit = whole / sum(parts.values())
    return {name: part * unit for name, part in parts.items()}
