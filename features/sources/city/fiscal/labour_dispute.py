"""F25 wages claimed and disputes with staff: more of them when money is short and where integrity is poor."""

import numpy as np
import polars as pl

from features.contracts.labour_dispute import DISPUTE_PARTIES, DISPUTE_RESULTS, DISPUTE_TYPES
from features.sources.city.arrays import delayed
from features.sources.city.fiscal.events import case_numbers, day_of, delay, picked, struck
from features.sources.city.rows import days, fen, only_where, settle, state
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard

_TYPE_SHARES = (0.20, 0.34, 0.12, 0.22, 0.05, 0.07)
_RESULT_SHARES = (0.22, 0.26, 0.34, 0.12, 0.06)
_BUILDERS = "E"
_CLAIM_YUAN, _GROUP = 9_000.0, 0.35
_AMOUNT_ABSENT = 0.12


def labour_disputes(shard: Shard) -> pl.DataFrame:
    """The larger the staff, the likelier a dispute; builders often stand in it as contractors. Closing comes later."""
    chance, rule, firms = shard.chances.of("labour-disputes"), shard.parameters.fiscal.labour_dispute, shard.firms
    pull = rule.stress * delayed(shard.latent.stress, rule.delay_months)
    size = np.array([rule.by_size[name] for name in SIZES])[firms.size]
    hazard = rule.rate * (size * np.exp(rule.integrity * shard.latent.integrity))[:, None] * np.exp(pull)
    firm, month = struck(shard.active, hazard, chance)
    count, happened = len(firm), day_of(shard, month, chance)
    workers = chance.geometric(_GROUP, count)
    builds = (np.array(list(shard.parameters.sections)) == _BUILDERS)[firms.section[firm]]
    closed = happened + delay(rule.closed_days, 0.6, count, chance)
    claimed = workers.astype(np.float64) * _CLAIM_YUAN * np.exp(0.8 * chance.standard_normal(count))
    known = chance.random(count) >= _AMOUNT_ABSENT
    stated = state(
        shard, "F25", firm, month, happened,
        {
            "case_no": case_numbers("深劳人仲案", happened, firm, shard, chance),
            "type": picked(DISPUTE_TYPES, _TYPE_SHARES, count, chance),
            "party": pl.Series(DISPUTE_PARTIES).gather((builds & (chance.random(count) < 0.5)).astype(np.int64)),
            "n_workers": workers,
            "amount_fen": only_where(fen(claimed), known),
            "accepted_on": days(happened),
            "closed_on": days(closed, chance.random(count) < rule.closed_share),
            "result": picked(DISPUTE_RESULTS, _RESULT_SHARES, count, chance),
        },
    ).with_columns(result=pl.when(pl.col("closed_on").is_not_null()).then("result"))  # fmt: skip
    open_still = {"closed_on": pl.lit(None, dtype=pl.Date), "result": pl.lit(None, dtype=pl.String)}
    return settle(stated, on="closed_on", unknown_before=open_still)
