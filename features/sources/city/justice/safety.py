"""F40 work safety, F41 fire: inspections go where the risk is, and find what carelessness left."""

import numpy as np
import polars as pl

from features.contracts.fire_inspection import FIRE_RESULTS
from features.contracts.work_safety import ACCIDENT_LEVELS, SAFETY_KINDS
from features.sources.city.arrays import logistic
from features.sources.city.cases import by_name_only
from features.sources.city.identity import addresses
from features.sources.city.justice.occasions import by_section, drawn, numbered, occasions, years_of
from features.sources.city.rows import days, settle, state, words
from features.sources.city.shard import Shard

_DANGEROUS = {"C": 3.0, "E": 4.0, "G": 2.0, "H": 1.2}
_OPEN_TO_THE_PUBLIC = {"H": 3.0, "F": 1.2, "R": 3.0, "C": 1.5, "O": 1.2}
_OTHERS = 0.5
_REINSPECTIONS = 0.15
_LEVEL_SHARES = (0.85, 0.12, 0.025, 0.005)
_AT_A_BRANCH = 0.2
"""Of fire inspections: at other premises than those registered."""
_FAILED_SHARES = (0.75, 0.20, 0.05)
"""Of inspections not passed, in the contract's order."""


def work_safety(shard: Shard) -> pl.DataFrame:
    """F40: what is put right is told in a second version, or forgotten."""
    chance = shard.chances.of("safety")
    rule, latent = shard.parameters.justice.safety, shard.latent
    held = occasions(shard, (rule.rate * by_section(shard, _DANGEROUS, _OTHERS))[:, None], chance)
    count, care = held.count, np.exp(rule.integrity * latent.integrity[held.firm])
    accident = chance.random(count) < rule.accident_share * care
    found = np.where(accident, 0, chance.poisson(rule.hazards * care))
    diligent = logistic(rule.fixed + rule.fixed_integrity * latent.integrity[held.firm])
    fixed = chance.binomial(found, diligent)
    told = (fixed > 0) & (chance.random(count) >= shard.parameters.dirt.cleared_flag_missing)
    kind = np.where(accident, 2, (chance.random(count) < _REINSPECTIONS).astype(np.int64))
    level = np.where(accident, drawn(chance, count, _LEVEL_SHARES), len(ACCIDENT_LEVELS))
    number = shard.firms.entity[held.firm] * 1_000 + held.month
    stated = state(
        shard, "F40", held.firm, held.month, held.day,
        {
            "doc_no": numbered("深应急〔{}〕{}号", years_of(held.day), number),
            "kind": words(SAFETY_KINDS, kind),
            "hazard_n": found.astype(np.int32),
            "fixed_n": fixed.astype(np.int32),
            "accident_level": words((*ACCIDENT_LEVELS, None), level),
            "recorded_on": days(held.day),
            "fixed_on": days(held.day + chance.integers(10, 90, count), told),
        },
    )  # fmt: skip
    return settle(stated, on="fixed_on", unknown_before={"fixed_n": pl.lit(0, dtype=pl.Int32)}).drop("fixed_on")


def fire_inspections(shard: Shard) -> pl.DataFrame:
    """F41: keyed by address, and often without a code."""
    chance = shard.chances.of("fire")
    rule = shard.parameters.justice.fire
    held = occasions(shard, (rule.rate * by_section(shard, _OPEN_TO_THE_PUBLIC, _OTHERS))[:, None], chance)
    firm, count = held.firm, held.count
    failed = chance.random(count) < logistic(rule.failed + rule.integrity * shard.latent.integrity[firm])
    result = np.where(failed, 1 + drawn(chance, count, _FAILED_SHARES), 0)
    branch = pl.Series(addresses(shard.parameters, shard.firms.district, chance))
    elsewhere = pl.Series(chance.random(count) < _AT_A_BRANCH)
    stated = state(
        shard, "F41", firm, held.month, held.day,
        {
            "name": shard.identities.name.gather(firm),
            "address": branch.gather(firm).zip_with(elsewhere, shard.identities.address.gather(firm)),
            "doc_no": numbered("深消检〔{}〕{}号", years_of(held.day), shard.firms.entity[firm] * 1_000 + held.month),
            "result": words(FIRE_RESULTS, result),
            "inspected_on": days(held.day),
        },
    )  # fmt: skip
    return by_name_only(shard, stated, rule.name_only, chance)
