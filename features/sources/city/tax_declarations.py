"""F15 what taxpayers declare and pay: late, in part or not at all when money is short or discipline is poor."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.contracts.tax_declaration import TAX_KINDS
from features.sources.city.arrays import Flags, Floats, delayed, felt, logistic
from features.sources.city.population import SMALL, SOLE_TRADER
from features.sources.city.rows import days, fen, same, settle, state
from features.sources.city.shard import Shard

VAT, CORPORATE, PERSONAL, SURCHARGE, OTHER = TAX_KINDS
_DUE_AFTER_DAYS = 15
"""Taxes of a period are due on the 15th of the next month."""
_VAT_RATES = np.array([0.011, 0.028])
"""Of sales, after deductions: small-scale and general taxpayers."""
_CORPORATE_RATES = np.array([0.05, 0.20])
"""Of profit: small firms enjoy the lower rate."""
_SURCHARGE, _PERSONAL, _STAMP = 0.12, 0.004, 0.0003
_NEVER_PAID = 0.25
"""Of taxes not paid when declared."""


@dataclass(frozen=True)
class Owed:
    """One kind of tax, every array (firms, months). due: declared for that month. base, payable: yuan."""

    kind: str
    due: Flags
    base: Floats
    payable: Floats


def tax_declarations(shard: Shard) -> pl.DataFrame:
    """General taxpayers declare each month, small-scale ones each quarter; whoever employs withholds each month.

    A pause is a zero declaration.
    A tax paid later than declared is paid in a second version.
    """
    chance = shard.chances.of("declarations")
    late = _lateness(shard, chance)
    stated = pl.concat([_declared(shard, owed, late, chance) for owed in _taxes(shard, chance)])
    at_once = pl.col("settled_on").is_null()
    unpaid_before = {
        "paid_fen": pl.when(at_once).then("paid_fen").otherwise(0),
        "paid_on": pl.when(at_once).then("paid_on"),
    }
    return settle(stated, on="settled_on", unknown_before=unpaid_before).drop("settled_on")


def _taxes(shard: Shard, chance: np.random.Generator) -> tuple[Owed, ...]:
    firms, months, sales = shard.firms, shard.months, shard.business.sales
    general = firms.size >= SMALL
    quarter_sales = sales + _months_ago(sales, 1) + _months_ago(sales, 2)
    period_sales = np.where(general[:, None], sales, quarter_sales)
    ends_quarter = months.month_of_year % 3 == 0
    regular = general[:, None] | ends_quarter
    own = np.exp(0.35 * chance.standard_normal(firms.count))[:, None]
    vat = period_sales * _VAT_RATES[general.astype(np.int64)][:, None] * own
    profit = quarter_sales * np.maximum(_margins(shard, chance), 0)
    return (
        Owed(VAT, regular, period_sales, vat),
        Owed(SURCHARGE, regular, period_sales, _SURCHARGE * vat),
        Owed(
            CORPORATE,
            (firms.size > SOLE_TRADER)[:, None] & ends_quarter,
            quarter_sales,
            profit * _CORPORATE_RATES[general.astype(np.int64)][:, None],
        ),
        Owed(PERSONAL, np.broadcast_to(firms.insured[:, None], sales.shape), sales, _PERSONAL * sales * own),
        Owed(
            OTHER,
            np.broadcast_to(ends_quarter, sales.shape),
            quarter_sales,
            _STAMP * quarter_sales,
        ),
    )


def _months_ago(path: Floats, months: int) -> Floats:
    return np.concatenate([np.zeros_like(path[:, :months]), path[:, :-months]], axis=1)


def _margins(shard: Shard, chance: np.random.Generator) -> Floats:
    """(firms, months) declared profit as a share of sales: more with quality, less under stress."""
    rule, latent = shard.parameters.feeds.tax, shard.latent
    usual = rule.profit_margin + rule.margin_quality * latent.quality
    usual = usual + rule.own_margin_sigma * chance.standard_normal(shard.firms.count)
    noise = rule.margin_sigma * chance.standard_normal(latent.stress.shape)
    return usual[:, None] + rule.margin_stress * latent.stress + noise


def _lateness(shard: Shard, chance: np.random.Generator) -> Floats:
    """(firms, months) log-odds of declaring late: stress, integrity, and a firm's own habit."""
    rule, latent = shard.parameters.feeds.tax, shard.latent
    habit = rule.late_sigma * chance.standard_normal(shard.firms.count) + rule.late_integrity * latent.integrity
    odds: Floats = rule.late + rule.late_stress * delayed(latent.stress, rule.delay_months) + habit[:, None]
    return odds


def _declared(shard: Shard, owed: Owed, late_odds: Floats, chance: np.random.Generator) -> pl.DataFrame:
    rule, months = shard.parameters.feeds.tax, shard.months
    firm, month = np.nonzero(owed.due & shard.active)
    count, base, payable = len(firm), owed.base[firm, month], owed.payable[firm, month]
    stress = felt(shard.latent.stress, firm, month, rule.delay_months)
    late = chance.random(count) < logistic(late_odds[firm, month])
    mean_days = rule.late_days + rule.late_days_stress * np.maximum(stress, 0)
    late_days = np.zeros(count, dtype=np.int64)
    late_days[late] = 1 + np.minimum(chance.exponential(mean_days[late]), 120)
    period = months.ends[month]
    due = period + _DUE_AFTER_DAYS
    declared = np.where(late, due + late_days, due - chance.integers(0, 9, count))
    unpaid = (chance.random(count) < logistic(rule.unpaid + rule.unpaid_stress * stress)) & (payable > 0)
    never = unpaid & (chance.random(count) < _NEVER_PAID)
    paid = np.where(unpaid, declared + chance.integers(15, 150, count), declared)
    return state(
        shard, "F15", firm, month * 8 + TAX_KINDS.index(owed.kind), period,
        {
            "period": days(period),
            "tax_kind": same(owed.kind, count),
            "taxable_sales_fen": fen(base),
            "payable_fen": fen(payable),
            "paid_fen": fen(np.where(never, 0.0, payable)),
            "declared_on": days(declared),
            "paid_on": days(paid, ~never & (payable > 0)),
            "late_days": late_days.astype(np.int32),
            "settled_on": days(paid, unpaid & ~never),
            "published_after": days(declared),
        },
    )  # fmt: skip
