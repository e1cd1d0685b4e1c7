"""F36 commitments: integrity keeps them, stress makes them late."""

import numpy as np
import polars as pl

from features.contracts.commitment import COMMITMENT_KINDS, COMMITMENT_STATES
from features.sources.city.arrays import logistic
from features.sources.city.justice.occasions import drawn, numbered, occasions, years_of
from features.sources.city.rows import days, later, settle, state, words
from features.sources.city.shard import Shard

_ACTIVE, _KEPT, _OVERDUE, _RECTIFYING, _KEPT_LATE, _BREACHED, _WITHDRAWN = range(len(COMMITMENT_STATES))
_KIND_SHARES = (0.40, 0.30, 0.05, 0.05, 0.20)
_ITEMS = ("施工许可", "食品经营许可", "住所登记", "公共场所卫生许可", "排水许可", "政府采购投标", "用电报装")
_DUE_DAYS = np.array([30, 60, 90, 180])
_WITHDRAWN_SHARE = 0.02
_AFTERWARDS = (_RECTIFYING, _KEPT_LATE, _BREACHED)
_AFTERWARDS_SHARES = (0.15, 0.60, 0.25)


def commitments(shard: Shard) -> pl.DataFrame:
    """Made; then checked and kept, or overdue; an overdue one is put right late, or breached."""
    chance = shard.chances.of("commitments")
    rule, latent = shard.parameters.justice.commitments, shard.latent
    own = np.exp(0.6 * chance.standard_normal(shard.firms.count))
    made = occasions(shard, np.minimum(rule.rate * own, 0.5)[:, None], chance)
    count, firm = made.count, made.firm
    due = made.day + _DUE_DAYS[chance.integers(0, len(_DUE_DAYS), count)]
    trusty = rule.kept + rule.integrity * latent.integrity[firm] + rule.stress * latent.stress[firm, made.month]
    kept = chance.random(count) < logistic(trusty)
    withdrawn = chance.random(count) < _WITHDRAWN_SHARE
    first = np.select([withdrawn, kept], [_WITHDRAWN, _KEPT], _OVERDUE)
    checked = np.where(kept | withdrawn, due - chance.integers(0, 25, count), due + chance.integers(1, 10, count))
    again = np.array(_AFTERWARDS)[drawn(chance, count, _AFTERWARDS_SHARES)]
    serial = shard.firms.entity[firm] * 1_000 + made.month
    stated = state(
        shard, "F36", firm, made.month, made.day,
        {
            "commitment_no": numbered("深诺〔{}〕{}", years_of(made.day), serial),
            "kind": words(COMMITMENT_KINDS, drawn(chance, count, _KIND_SHARES)),
            "item": words(_ITEMS, (shard.firms.entity[firm] + chance.integers(0, 3, count)) % len(_ITEMS)),
            "made_on": days(made.day),
            "due_on": days(due, chance.random(count) >= rule.due_missing),
            "state": words(COMMITMENT_STATES, first),
            "checked_on": days(checked),
            "again": words(COMMITMENT_STATES, again),
            "again_on": days(checked + chance.integers(20, 150, count), first == _OVERDUE),
        },
    )  # fmt: skip
    unknown = {"state": pl.lit(COMMITMENT_STATES[_ACTIVE]), "checked_on": pl.lit(None, dtype=pl.Date)}
    last = later(stated, on="again_on", op="U", versions=2).with_columns(state="again", checked_on="again_on")
    return pl.concat([settle(stated, on="checked_on", unknown_before=unknown), last]).drop("again", "again_on")
