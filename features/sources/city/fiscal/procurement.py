"""F57 public tenders: some firms bid again and again, the better ones win, and few break a contract."""

import numpy as np
import polars as pl

from features.contracts.procurement import PROCUREMENT_ROLES
from features.sources.city.arrays import felt, logistic
from features.sources.city.fiscal.events import day_of, struck
from features.sources.city.rows import days, fen, only_where, state
from features.sources.city.shapes import SIZES
from features.sources.city.shard import Shard

_WON, _BID, _BROKE = range(len(PROCUREMENT_ROLES))
_BID_WITHOUT_AMOUNT = 0.5
_PROJECTS = 1_000_000


def procurements(shard: Shard) -> pl.DataFrame:
    """One record a bid; each member of a consortium shows the amount of the whole project."""
    chance, rule, firms = shard.chances.of("procurement"), shard.parameters.fiscal.procurement, shard.firms
    share = np.array([rule.bidders[name] for name in SIZES])[firms.size]
    bids = shard.active & (chance.random(firms.count) < share)[:, None]
    eager = rule.rate * np.exp(0.6 * chance.standard_normal(firms.count))
    firm, month = struck(bids, eager[:, None], chance)
    count, happened = len(firm), day_of(shard, month, chance)
    stress = felt(shard.latent.stress, firm, month, rule.delay_months)
    won = chance.random(count) < logistic(rule.won + rule.won_quality * shard.latent.quality[firm])
    breach = rule.broken * np.exp(rule.broken_stress * stress + rule.broken_integrity * shard.latent.integrity[firm])
    broke = won & (chance.random(count) < np.minimum(breach, 0.5))
    position = np.where(broke, _BROKE, np.where(won, _WON, _BID))
    amount = firms.revenue[firm] ** 0.6 * 60 * np.exp(chance.standard_normal(count))
    shown = won | (chance.random(count) >= _BID_WITHOUT_AMOUNT)
    serial = pl.Series(chance.integers(0, _PROJECTS, count)).cast(pl.String).str.zfill(6)
    return state(
        shard, "F57", firm, month, happened,
        {
            "project_no": pl.select(
                pl.concat_str(pl.lit("SZCG"), days(happened).dt.strftime("%Y%m%d"), serial)
            ).to_series(),
            "role": pl.Series(PROCUREMENT_ROLES).gather(position),
            "consortium": pl.Series(chance.random(count) < rule.consortium_share),
            "amount_fen": only_where(fen(np.round(amount, -2)), shown),
            "announced_on": days(happened),
        },
    )  # fmt: skip
