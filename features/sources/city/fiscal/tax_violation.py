"""F19 what tax inspectors find: it follows from integrity, and a little from want of money."""

import numpy as np
import polars as pl

from features.contracts.tax_violation import VIOLATION_KINDS
from features.sources.city.arrays import delayed
from features.sources.city.fiscal.events import case_numbers, day_of, picked, struck
from features.sources.city.rows import days, fen, state
from features.sources.city.shard import Shard

_KIND_SHARES = (0.18, 0.08, 0.01, 0.03, 0.40, 0.30)
_SIZE_EXPONENT = 0.6
_LEAST_YUAN = 500.0


def tax_violations(shard: Shard) -> pl.DataFrame:
    """Decided on any day of a month; whether one is major depends on chance and on the sum alone."""
    chance, rule = shard.chances.of("tax-violations"), shard.parameters.fiscal.tax_violation
    pull = rule.stress * delayed(shard.latent.stress, rule.delay_months)
    hazard = rule.rate * np.exp(pull + rule.integrity * shard.latent.integrity[:, None])
    firm, month = struck(shard.active, hazard, chance)
    count, happened = len(firm), day_of(shard, month, chance)
    evaded = rule.amount_scale * shard.firms.revenue[firm] ** _SIZE_EXPONENT * np.exp(chance.standard_normal(count))
    fined = evaded * chance.uniform(0.3, 1.5, count)
    return state(
        shard, "F19", firm, month, happened,
        {
            "case_no": case_numbers("深税稽", happened, firm, shard, chance),
            "kind": picked(VIOLATION_KINDS, _KIND_SHARES, count, chance),
            "amount_fen": fen(np.round(evaded)),
            "penalty_fen": fen(np.maximum(np.round(fined, -1), _LEAST_YUAN)),
            "decided_on": days(happened),
            "major": pl.Series(chance.random(count) < rule.major_share),
        },
    )  # fmt: skip
