"""F21 quarterly statements: debt up and cash down before trouble, coloured by who files them, and not always sound."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints, logistic
from features.sources.city.fiscal.accounts import balance_sheet, profit_and_loss
from features.sources.city.population import SOLE_TRADER
from features.sources.city.rows import days, fen, settle, state
from features.sources.city.shard import Shard

_SIGNED_WRONG = ("receivables", "inventory", "cost")
_FILED_AGAIN_AFTER_DAYS = 90, 240
_GAP = (0.02, 0.25)
"""By how much of the true figure an unsound statement misses balance."""


def financial_statements(shard: Shard) -> pl.DataFrame:
    """For quarters that have ended; the weak skip more of them, the dormant file zeros.

    Some are filed again after the year's audit, which says what went into research.
    """
    chance, rule = shard.chances.of("statements"), shard.parameters.fiscal.financial_statement
    firm, month = _filed(shard, chance)
    sheet = balance_sheet(shard, firm, month, chance)
    items = sheet | profit_and_loss(shard, firm, month, sheet, chance)
    nothing = shard.firms.dormant[firm] | (chance.random(len(firm)) < rule.zero_share)
    items = {name: np.where(nothing, 0.0, yuan) for name, yuan in items.items()}
    items = _unsound(items, rule.unbalanced_share, rule.wrong_sign_share, chance)
    period = shard.months.ends[month]
    columns = {f"{name}_fen": fen(yuan) for name, yuan in items.items()}
    again = chance.random(len(firm)) < rule.amended
    second = days(period + chance.integers(*_FILED_AGAIN_AFTER_DAYS, len(firm)), again)
    stated = state(shard, "F21", firm, month, period, {"period": days(period), **columns, "filed_again": second})
    before_audit = {"research_fen": pl.when(pl.col("filed_again").is_null()).then("research_fen")}
    return settle(stated, on="filed_again", unknown_before=before_audit).drop("filed_again")


def _filed(shard: Shard, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, last month of the quarter) of each statement that reached the bureau."""
    rule, firms = shard.parameters.fiscal.financial_statement, shard.firms
    quarters = np.flatnonzero(shard.months.month_of_year % 3 == 0)
    traders = ~firms.dormant & (shard.chances.of("bookkeeping").random(firms.count) < rule.sole_traders)
    keeps_books = (firms.size > SOLE_TRADER) | traders
    habit = rule.skipped + rule.skipped_sigma * chance.standard_normal(firms.count)
    odds = habit[:, None] + rule.skipped_stress * shard.latent.stress[:, quarters]
    filed = chance.random(odds.shape) >= logistic(odds)
    firm, quarter = np.nonzero(filed & shard.delivered[:, quarters] & keeps_books[:, None])
    return firm, quarters[quarter]


def _unsound(
    items: Mapping[str, Floats], unbalanced: float, wrong_sign: float, chance: np.random.Generator
) -> dict[str, Floats]:
    """Equity that does not balance, and now and then one figure with the other sign."""
    count = len(items["equity"])
    misses = chance.random(count) < unbalanced
    factor = np.where(misses, 1 + chance.choice([-1, 1], count) * chance.uniform(*_GAP, count), 1.0)
    spoilt = dict(items) | {"equity": items["equity"] * factor}
    for name in _SIGNED_WRONG:
        sign = np.where(chance.random(count) < wrong_sign / len(_SIGNED_WRONG), -1.0, 1.0)
        spoilt[name] = spoilt[name] * sign
    return spoilt
