"""F37 honours: good firms are honoured, whatever their present stress."""

import numpy as np
import polars as pl

from features.contracts.honour import HONOUR_LEVELS, HONOURED
from features.sources.city.justice.occasions import drawn, numbered, occasions
from features.sources.city.rows import days, only_where, state, words
from features.sources.city.shard import Shard

_LEVEL_SHARES = (0.02, 0.10, 0.40, 0.48)
_YEARS = np.array([1, 2, 3])
_OFFICES = ("市场监督管理局", "税务局", "工业和信息化局", "总工会", "区人民政府", "行业协会联合会")
_CODES = 40
"""Different honours."""


def honours(shard: Shard) -> pl.DataFrame:
    """Some go to the person who leads the firm; many are never closed; a few are refused a record."""
    chance = shard.chances.of("honours")
    rule, firms = shard.parameters.justice.honours, shard.firms
    own = np.exp(rule.quality * shard.latent.quality + rule.own_sigma * chance.standard_normal(firms.count))
    given = occasions(shard, np.minimum(rule.rate * own, 0.5)[:, None], chance)
    count, firm = given.count, given.firm
    personal = chance.random(count) < rule.personal_share
    term = (365.25 * _YEARS[chance.integers(0, len(_YEARS), count)]).astype(np.int64)
    code = (firms.entity[firm] * 3 + chance.integers(0, 5, count)) % _CODES
    return state(
        shard, "F37", firm, given.month, given.day,
        {
            "subject_type": words(HONOURED, personal.astype(np.int64)),
            "person_hash": only_where(shard.identities.legal_rep.gather(firm), personal),
            "honour_code": numbered("HN-{}", code + 100),
            "level": words(HONOUR_LEVELS, drawn(chance, count, _LEVEL_SHARES)),
            "from_on": days(given.day),
            "to_on": days(given.day + term, chance.random(count) >= rule.unclosed_share),
            "org": words(_OFFICES, code % len(_OFFICES)),
            "opt_out": chance.random(count) < rule.refused_share,
        },
    )  # fmt: skip
