"""F42 conduct on building sites: contractors are scored project by project."""

import numpy as np
import polars as pl

from features.contracts.construction_conduct import QUALIFICATIONS
from features.sources.city.arrays import felt
from features.sources.city.justice.occasions import in_sections, numbered, occasions
from features.sources.city.rows import days, state, words
from features.sources.city.shard import Shard

_PROJECT_MONTHS = 8
_CLASS_OF_SIZE = np.array([4, 3, 2, 1, 0])
"""By size, from sole traders to the large: the class of qualification, in the contract's order."""


def construction_conduct(shard: Shard) -> pl.DataFrame:
    """Scores fall under stress; bad acts follow from integrity. Each firm changes its project every eight months."""
    chance = shard.chances.of("construction")
    rule, firms, latent = shard.parameters.justice.construction, shard.firms, shard.latent
    builders = in_sections(shard, "E") & (chance.random(firms.count) < rule.assessed_share)
    held = occasions(shard, np.full((firms.count, 1), rule.rate), chance, among=shard.active & builders[:, None])
    firm, count = held.firm, held.count
    stress = felt(latent.stress, firm, held.month, rule.delay_months)
    score = rule.mean + rule.quality * latent.quality[firm] + rule.stress * stress
    score = score + rule.sigma * chance.standard_normal(count)
    bad_acts = chance.poisson(rule.bad_acts * np.exp(rule.integrity * latent.integrity[firm]))
    offset = chance.integers(0, _PROJECT_MONTHS, firms.count)
    project = (held.month + offset[firm]) // _PROJECT_MONTHS
    return state(
        shard, "F42", firm, held.month, held.day,
        {
            "project_no": numbered("4403{}", firms.entity[firm] * 100 + project),
            "qualification": words(QUALIFICATIONS, _CLASS_OF_SIZE[firms.size[firm]]),
            "score": np.clip(score - 3 * bad_acts, 0, 100).astype(np.int32),
            "bad_acts": bad_acts.astype(np.int32),
            "assessed_on": days(held.day),
        },
    )  # fmt: skip
