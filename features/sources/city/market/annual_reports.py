"""F05 annual reports: who reports, when, and what; the weak and the careless skip, and the dishonest make up."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Floats, Ints, logistic
from features.sources.city.population import MICRO, SMALL
from features.sources.city.rows import days, fen, only_where, settle, state
from features.sources.city.shard import Shard

NEVER_FILED = np.iinfo(np.int32).max
_DUE_AFTER_DAYS = 181
_WAN = 10_000
_TAX_SHARES = (0.011, 0.032)
_AMENDED_AFTER_DAYS = 5, 60
_WEBSITE, _HEADCOUNT_UNSTATED = 0.18, 0.03


@dataclass(frozen=True)
class Reporting:
    """One row per enterprise and year it was registered in at its end, flat; days since 1970.

    skipped: nothing by 30 June of the next year. filed: the day it came after all, or NEVER_FILED.
    """

    firm: Ints
    month: Ints
    ended: Ints
    due: Ints
    skipped: Flags
    filed: Ints


def draw_reporting(shard: Shard) -> Reporting:
    """Who reported when: the same for the reports and for the list of those who did not."""
    chance = shard.chances.of("reporting")
    rule, months, latent = shard.parameters.market.annual_report, shard.months, shard.latent
    decembers = np.flatnonzero((months.month_of_year == 12) & (np.arange(months.count) >= months.burn_in - 1))
    firm, column = np.nonzero(shard.firms.open_in(months)[:, decembers])
    month, count = decembers[column], len(firm)
    odds = rule.skip + rule.skip_stress * latent.stress[firm, month] + rule.skip_integrity * latent.integrity[firm]
    skipped = chance.random(count) < logistic(odds + rule.skip_dormant * shard.firms.dormant[firm])
    ended = months.ends[month]
    due = _next_30_june(ended)
    cured = chance.random(count) < rule.cured_share
    late = due + 1 + (rule.cured_days * np.exp(0.9 * chance.standard_normal(count))).astype(np.int64)
    in_time = due - np.floor((_DUE_AFTER_DAYS - 1) * chance.beta(0.9, 2.6, count)).astype(np.int64)
    return Reporting(firm, month, ended, due, skipped, np.where(skipped, np.where(cured, late, NEVER_FILED), in_time))


def _next_30_june(ended: Ints) -> Ints:
    year = (ended + 1).astype("datetime64[D]").astype("datetime64[Y]")
    july: Ints = (year.astype("datetime64[M]") + 6).astype("datetime64[D]").astype(np.int64)
    return july - 1


def annual_reports(shard: Shard) -> pl.DataFrame:
    """Published on the day it was filed, or when the platform publishes the year, whichever is later.

    Some are amended in the weeks after, to say how many work there.
    """
    chance = shard.chances.of("annual-reports")
    rule, drawn = shard.parameters.market.annual_report, draw_reporting(shard)
    come = np.flatnonzero(drawn.filed < NEVER_FILED)
    firm, month, filed, count = drawn.firm[come], drawn.month[come], drawn.filed[come], len(come)
    ended = drawn.ended[come]
    size = shard.firms.size[firm]
    amounts = _amounts(shard, firm, month, chance)
    amended = filed + chance.integers(*_AMENDED_AFTER_DAYS, count)
    unit = np.where(chance.random(count) < rule.wrong_unit, 1 / _WAN, 1.0)
    staff = np.round((shard.firms.revenue[firm] / 1e5) ** 0.55 * np.exp(0.3 * chance.standard_normal(count)))
    staff_n = pl.Series(np.maximum(staff, 1).astype(np.int32))
    stated = state(
        shard, "F05", firm, month, ended,
        {
            "year": shard.months.year[month].astype(np.int32),
            "filed_on": days(filed),
            "late_days": np.maximum(filed - drawn.due[come], 0).astype(np.int32),
            "headcount": only_where(staff_n, chance.random(count) >= _HEADCOUNT_UNSTATED),
            **{name: fen(yuan * unit) for name, yuan in amounts.items()},
            "guarantee": chance.random(count) < logistic(-3.2 + 0.5 * shard.latent.leverage[firm]),
            "public_flag": chance.random(count) < rule.public,
            "published_after": days(filed),
            "amended_on": days(amended, chance.random(count) < rule.amended),
        },
    )  # fmt: skip
    site = pl.concat_str(pl.lit("www."), pl.col("uscc").str.slice(8, 8).str.to_lowercase(), pl.lit(".cn"))
    has_site = pl.Series(chance.random(count) < _WEBSITE * (1 + np.maximum(size - MICRO, 0)))
    stated = stated.with_columns(website=pl.when(has_site).then(site))
    at_first = {"headcount": pl.when(pl.col("amended_on").is_null()).then("headcount")}
    return settle(stated, on="amended_on", unknown_before=at_first).drop("amended_on")


def _amounts(shard: Shard, firm: Ints, month: Ints, chance: np.random.Generator) -> dict[str, Floats]:
    """Yuan as reported, by column; the dormant and many small firms report zeros."""
    rule, latent, count = shard.parameters.market.annual_report, shard.latent, len(firm)
    stress = _of_year(latent.stress)[firm, month] / 12
    nothing = chance.random(count) < logistic(rule.zeros + rule.zeros_stress * stress)
    real = ~(shard.firms.dormant[firm] | (nothing & (shard.firms.size[firm] <= MICRO)))
    true_revenue = _of_year(shard.business.sales)[firm, month]
    inflated = np.exp(rule.made_up * latent.integrity[firm] + 0.12 * chance.standard_normal(count))
    revenue = true_revenue * inflated * real
    own = chance.standard_normal((2, shard.firms.count))
    turnover = np.exp(0.2 + 0.55 * own[0][firm] + 0.15 * chance.standard_normal(count))
    assets = (true_revenue * 0.5 + shard.firms.revenue[firm] * 0.5) / turnover * real
    owed = rule.liabilities + rule.liabilities_leverage * latent.leverage[firm] + rule.liabilities_stress * stress
    owed = owed - rule.made_up * latent.integrity[firm] + rule.liabilities_sigma * own[1][firm]
    liabilities = assets * np.minimum(1.9 * logistic(owed + 0.25 * chance.standard_normal(count)), 3.0)
    margin = rule.margin + rule.margin_quality * latent.quality[firm] + rule.margin_stress * stress
    profit = revenue * np.clip(margin + rule.margin_sigma * chance.standard_normal(count), -0.8, 0.6)
    tax = np.array(_TAX_SHARES)[(shard.firms.size[firm] >= SMALL).astype(np.int64)]
    return {
        "assets_fen": assets,
        "liabilities_fen": liabilities,
        "revenue_fen": revenue,
        "main_revenue_fen": revenue * np.minimum(0.75 + 0.4 * chance.random(count), 1.0),
        "profit_fen": profit,
        "net_profit_fen": np.where(profit > 0, 0.93 * profit, profit),
        "tax_total_fen": revenue * tax * np.exp(0.4 * chance.standard_normal(count)),
    }


def _of_year(path: Floats) -> Floats:
    """(firms, months) the sum of the twelve months that end with each."""
    summed = np.cumsum(path, axis=1)
    earlier = np.concatenate([np.zeros((len(summed), min(12, summed.shape[1]))), summed[:, :-12]], axis=1)
    year: Floats = summed - earlier
    return year
