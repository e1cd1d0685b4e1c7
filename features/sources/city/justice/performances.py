"""F32 judgments performed of one's own accord: more often by those who keep their word."""

import numpy as np
import polars as pl

from features.sources.city.arrays import logistic
from features.sources.city.cases import by_name_only
from features.sources.city.justice.occasions import numbered, years_of
from features.sources.city.population import SOLE_TRADER
from features.sources.city.rows import days, fen, only_where, state
from features.sources.city.shard import Shard
from features.sources.city.stating import Aftermath

_PERFORMED_DAYS, _LISTED_DAYS, _ON_LIST_DAYS = (5, 60), (10, 90), (365, 731)


def voluntary_performances(shard: Shard, after: Aftermath) -> pl.DataFrame:
    """Some who lost an ordinary case pay before it is enforced, and most of these are put on the list."""
    chance = shard.chances.of("performances")
    rule, cases = shard.parameters.justice.performances, after.cases
    willing = logistic(rule.willing + rule.integrity * shard.latent.integrity[cases.firm])
    on = np.flatnonzero(cases.lost & ~cases.from_default & (chance.random(len(cases.firm)) < willing))
    firm, count = cases.firm[on], len(on)
    performed = cases.judged[on] + chance.integers(*_PERFORMED_DAYS, count)
    listed = performed + chance.integers(*_LISTED_DAYS, count)
    on_list = chance.random(count) < rule.listed_share
    trader = shard.firms.size[firm] == SOLE_TRADER
    stated = state(
        shard, "F32", firm, on, performed,
        {
            "name": shard.identities.name.gather(firm),
            "person_hash": only_where(shard.identities.legal_rep.gather(firm), trader),
            "cert_no": numbered("(粤03)履证{}-{}-{}", years_of(performed), shard.firms.entity[firm], on),
            "case_no": numbered("({})粤03民终{}号", years_of(cases.judged[on]), chance.integers(1, 100_000, count)),
            "performed_on": days(performed),
            "amount_fen": fen(cases.amount_yuan[on]),
            "listed_from": days(listed, on_list),
            "listed_to": days(listed + chance.integers(*_ON_LIST_DAYS, count), on_list),
        },
    )  # fmt: skip
    return by_name_only(shard, stated, shard.parameters.feeds.court.name_only, chance)
