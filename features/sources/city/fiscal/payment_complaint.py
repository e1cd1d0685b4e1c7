"""F59 complaints about payment: firms short of money are complained of, any firm may complain."""

import numpy as np
import polars as pl

from features.contracts.payment_complaint import COMPLAINT_ROLES, COMPLAINT_STATES
from features.sources.city.arrays import delayed
from features.sources.city.fiscal.events import case_numbers, day_of, delay, picked, struck
from features.sources.city.rows import days, fen, settle, state
from features.sources.city.shard import Shard

_ACCEPTED = COMPLAINT_STATES[0]
_STATE_SHARES = (0.08, 0.17, 0.65, 0.10)


def payment_complaints(shard: Shard) -> pl.DataFrame:
    """A complaint is accepted first; what becomes of it is a second version."""
    chance, rule = shard.chances.of("payment-complaints"), shard.parameters.fiscal.payment_complaint
    pull = rule.stress * delayed(shard.latent.stress, rule.delay_months)
    owing = struck(shard.active, rule.respondent * np.exp(pull), chance)
    owed = struck(shard.active, rule.complainant, chance)
    firm, month = (np.concatenate(pair) for pair in zip(owing, owed, strict=True))
    count, happened = len(firm), day_of(shard, month, chance)
    position = (np.arange(count) >= len(owing[0])).astype(np.int64)
    amount = 2_000 + shard.firms.revenue[firm] / 12 * 0.3 * np.exp(chance.standard_normal(count))
    stated = state(
        shard, "F59", firm, month * 2 + position, happened,
        {
            "case_no": case_numbers("中小账款", happened, firm, shard, chance),
            "role": pl.Series(COMPLAINT_ROLES).gather(1 - position),
            "amount_fen": fen(np.round(amount)),
            "state": picked(COMPLAINT_STATES, _STATE_SHARES, count, chance),
            "complained_on": days(happened),
            "moved_on": days(happened + delay(rule.settled_days, 0.6, count, chance)),
        },
    )  # fmt: skip
    moved = stated.with_columns(moved_on=pl.when(pl.col("state") != _ACCEPTED).then("moved_on"))
    return settle(moved, on="moved_on", unknown_before={"state": pl.lit(_ACCEPTED)}).drop("moved_on")
