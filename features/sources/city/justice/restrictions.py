"""F29 restrictions of consumption: they follow enforcement, and so mostly default."""

import numpy as np
import polars as pl

from features.sources.city.cases import by_name_only
from features.sources.city.population import SOLE_TRADER
from features.sources.city.rows import days, only_where, settle, state
from features.sources.city.shard import Shard
from features.sources.city.stating import Aftermath

_ORDERED_DAYS, _LIFTED_DAYS = (15, 90), (90, 900)


def consumption_restrictions(shard: Shard, after: Aftermath) -> pl.DataFrame:
    """Ordered weeks after an enforcement begins; the lifting is a second version, where it is told."""
    chance = shard.chances.of("restrictions")
    rule, enforced = shard.parameters.justice.restrictions, after.enforced
    on = np.flatnonzero(chance.random(len(enforced.firm)) < rule.share)
    firm, count = enforced.firm[on], len(on)
    ordered = enforced.filed[on] + chance.integers(*_ORDERED_DAYS, count)
    lifted = ordered + chance.integers(*_LIFTED_DAYS, count)
    told = chance.random(count) >= shard.parameters.dirt.cleared_flag_missing
    stated = state(
        shard, "F29", firm, on, ordered,
        {
            "name": shard.identities.name.gather(firm),
            "person_hash": only_where(shard.identities.legal_rep.gather(firm), shard.firms.size[firm] != SOLE_TRADER),
            "case_no": enforced.case_no.gather(on),
            "from_on": days(ordered),
            "lifted_on": days(lifted, told),
        },
    )  # fmt: skip
    named = by_name_only(shard, stated, shard.parameters.feeds.court.name_only, chance)
    return settle(named, on="lifted_on", unknown_before={"lifted_on": pl.lit(None, dtype=pl.Date)})
