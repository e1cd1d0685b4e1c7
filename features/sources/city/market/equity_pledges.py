"""F10 pledged equity: holders of strained and indebted enterprises pledge more often."""

import numpy as np
import polars as pl

from features.contracts.equity_pledge import PLEDGE_STATUSES, PLEDGEE_TYPES
from features.sources.city.arrays import delayed
from features.sources.city.identity import keyed_hashes
from features.sources.city.market.tenures import associates
from features.sources.city.population import SOLE_TRADER
from features.sources.city.registration import registered_capital
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

_PLEDGEE_SHARES = (0.55, 0.35, 0.10)
_PLEDGEES = 400
"""Of each kind in the city."""


def equity_pledges(shard: Shard) -> pl.DataFrame:
    """A release is a second version; some amounts arrive as a number of shares."""
    chance = shard.chances.of("equity-pledges")
    rule, firms, months, latent = shard.parameters.market.equity_pledge, shard.firms, shard.months, shard.latent
    pull = rule.stress * delayed(latent.stress, rule.delay_months) + rule.leverage * latent.leverage[:, None]
    able = shard.active & (firms.size > SOLE_TRADER)[:, None]
    firm, month = np.nonzero(able & (chance.random(pull.shape) < np.minimum(rule.rate * np.exp(pull), 0.2)))
    count = len(firm)
    pledged = months.begins[month] + chance.integers(0, 28, count)
    yuan = registered_capital(shard)[firm] * np.round(chance.uniform(0.05, 0.6, count), 2)
    in_shares = chance.random(count) < rule.in_shares
    released = pledged + 30 + (rule.released_days * np.exp(0.6 * chance.standard_normal(count))).astype(np.int64)
    over = chance.random(count) < rule.released_share
    kind = chance.choice(len(PLEDGEE_TYPES), size=count, p=_PLEDGEE_SHARES)
    pledgee = kind * _PLEDGEES + chance.integers(0, _PLEDGEES, count)
    place = chance.integers(0, 2, count)
    holder = associates(shard, firm, place, np.zeros(count, dtype=np.int64))
    stated = state(
        shard, "F10", firm, month, pledged,
        {
            "reg_no": pl.Series(shard.firms.entity[firm] * 1_000 + month).cast(pl.String),
            "pledgor_hash": shard.identities.legal_rep.gather(firm).zip_with(pl.Series(place == 0), holder),
            "pledgee_type": words(PLEDGEE_TYPES, kind),
            "pledgee_hash": keyed_hashes("pledgee", pledgee, shard.chances.seed),
            "amount_fen": only_where(fen(yuan), ~in_shares),
            "shares_n": only_where(pl.Series(yuan.astype(np.int64)), in_shares),
            "pledged_on": days(pledged),
            "released_on": days(released, over),
            "status": words(PLEDGE_STATUSES, over.astype(np.int64)),
        },
    )  # fmt: skip
    unknown = {"released_on": pl.lit(None, dtype=pl.Date), "status": pl.lit(PLEDGE_STATUSES[0])}
    return settle(stated, on="released_on", unknown_before=unknown)
