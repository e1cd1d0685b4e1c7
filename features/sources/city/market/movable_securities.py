"""F11 movables and receivables as security: the indebted and the strained give more of them."""

import numpy as np
import polars as pl

from features.contracts.movable_security import SECURITY_KINDS, SECURITY_STATUSES
from features.sources.city.arrays import delayed
from features.sources.city.rows import days, fen, only_where, settle, state, words
from features.sources.city.shard import Shard

_KIND_SHARES = (0.20, 0.35, 0.15, 0.25, 0.05)
_COLLATERAL = ("生产设备一批", "现有及将有的应收账款", "对指定买方的应收账款", "租赁车辆及设备", "存货及其他动产")
_YEARS = np.array([1, 2, 3, 5])
_DUE_UNSTATED, _COLLATERAL_UNSTATED = 0.10, 0.05


def movable_securities(shard: Shard) -> pl.DataFrame:
    """Its end, by cancellation or by time, is a second version, where it is not forgotten; many state no debt."""
    chance = shard.chances.of("movable-securities")
    rule, firms, months, latent = shard.parameters.market.movable_security, shard.firms, shard.months, shard.latent
    pull = rule.stress * delayed(latent.stress, rule.delay_months) + rule.leverage * latent.leverage[:, None]
    hazard = np.minimum(rule.rate * np.exp(pull), 0.2)
    firm, month = np.nonzero(shard.active & (chance.random(pull.shape) < hazard))
    count = len(firm)
    registered = months.begins[month] + chance.integers(0, 28, count)
    kind = chance.choice(len(SECURITY_KINDS), size=count, p=_KIND_SHARES)
    due = registered + 365 * _YEARS[chance.integers(0, len(_YEARS), count)]
    cancelled = chance.random(count) < rule.ended_share
    ended = np.where(cancelled, registered + 20 + ((due - registered) * chance.random(count)).astype(np.int64), due)
    told = chance.random(count) >= shard.parameters.dirt.cleared_flag_missing
    debt = firms.revenue[firm] * 0.12 * np.exp(0.9 * chance.standard_normal(count))
    stated = state(
        shard, "F11", firm, month, registered,
        {
            "reg_no": pl.Series(shard.firms.entity[firm] * 1_000 + month).cast(pl.String),
            "kind": words(SECURITY_KINDS, kind),
            "secured_party": words([f"金融机构{number:03d}" for number in range(200)], chance.integers(0, 200, count)),
            "debt_fen": only_where(fen(np.round(debt, -3)), chance.random(count) >= rule.debt_unstated),
            "collateral": only_where(words(_COLLATERAL, kind), chance.random(count) >= _COLLATERAL_UNSTATED),
            "registered_on": days(registered),
            "due_on": days(due, chance.random(count) >= _DUE_UNSTATED),
            "ended_on": days(ended, told),
            "status": words(SECURITY_STATUSES, np.where(cancelled, 1, 2)),
        },
    )  # fmt: skip
    unknown = {"ended_on": pl.lit(None, dtype=pl.Date), "status": pl.lit(SECURITY_STATUSES[0])}
    return settle(stated, on="ended_on", unknown_before=unknown)
