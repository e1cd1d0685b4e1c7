"""F30 judicial freezes: creditors of a strained firm ask for them before it fails."""

import numpy as np
import polars as pl

from features.sources.city.arrays import delayed
from features.sources.city.cases import claims
from features.sources.city.justice.occasions import numbered, occasions, years_of
from features.sources.city.rows import days, fen, settle, state
from features.sources.city.shard import Shard

_YEARS = np.array([1, 2, 3])
"""A court names one to three years."""
_LEAST_YUAN, _OF_REVENUE = 10_000, 0.08
_LEAST_DAYS = 30


def judicial_freezes(shard: Shard) -> pl.DataFrame:
    """An early lifting is a second version that shortens the term; some are lifted and stay as they were."""
    chance = shard.chances.of("freezes")
    rule = shard.parameters.justice.freezes
    hazard = rule.rate * np.exp(rule.stress * delayed(shard.latent.stress, rule.delay_months))
    drawn = occasions(shard, np.minimum(hazard, 0.2), chance)
    firm, began, count = drawn.firm, drawn.day, drawn.count
    term = (365.25 * _YEARS[chance.integers(0, len(_YEARS), count)]).astype(np.int64)
    freed = began + chance.integers(_LEAST_DAYS, 366, count)
    told = (chance.random(count) < rule.freed_share) & (
        chance.random(count) >= shard.parameters.dirt.cleared_flag_missing
    )
    stated = state(
        shard, "F30", firm, drawn.month, began,
        {
            "notice_no": numbered("({})粤03执保{}号", years_of(began), chance.integers(1, 10_000_000, count)),
            "holder_hash": shard.identities.legal_rep.gather(firm),
            "amount_fen": fen(claims(shard, firm, _LEAST_YUAN, _OF_REVENUE, chance)),
            "from_on": days(began),
            "to_on": days(np.where(told, freed, began + term)),
            "renew": chance.random(count) < rule.renewed_share,
            "named_to": days(began + term),
            "freed_on": days(freed, told),
        },
    )  # fmt: skip
    settled = settle(stated, on="freed_on", unknown_before={"to_on": pl.col("named_to")})
    return settled.drop("named_to", "freed_on")
