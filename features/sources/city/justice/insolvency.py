"""F31 stages of insolvency: rare, and months behind the stress that leads there."""

import numpy as np
import polars as pl

from features.contracts.bankruptcy import BANKRUPTCY_STAGES
from features.sources.city.arrays import Flags, Ints, delayed
from features.sources.city.justice.occasions import numbered, occasions, years_of
from features.sources.city.rows import days, state, words
from features.sources.city.shard import Shard

_ACCEPTED, _APPROVED, _CARRIED_OUT, _DECLARED, _CLOSED = range(len(BANKRUPTCY_STAGES))
_TO_COURSE_DAYS, _TO_END_DAYS = (120, 400), (120, 720)


def bankruptcies(shard: Shard) -> pl.DataFrame:
    """A petition accepted; then a plan and its performance, or a declaration and the end. Each stage is a record."""
    chance = shard.chances.of("insolvency")
    rule = shard.parameters.justice.insolvency
    hazard = rule.rate * np.exp(rule.stress * delayed(shard.latent.stress, rule.delay_months))
    begun = occasions(shard, np.minimum(hazard, 0.02), chance)
    saved = chance.random(begun.count) < rule.restructured_share
    course = begun.day + chance.integers(*_TO_COURSE_DAYS, begun.count)
    end = course + chance.integers(*_TO_END_DAYS, begun.count)
    serial = chance.integers(1, 2_000, begun.count)
    number = numbered("({})粤03破{}号", years_of(begun.day), serial)

    def stage(position: Ints, day: Ints, which: Flags) -> pl.DataFrame:
        chosen = np.flatnonzero(which)
        columns = {
            "case_no": number.gather(chosen),
            "stage": words(BANKRUPTCY_STAGES, position[chosen]),
            "stage_on": days(day[chosen]),
        }
        ordinal = begun.month[chosen] * len(BANKRUPTCY_STAGES) + position[chosen]
        return state(shard, "F31", begun.firm[chosen], ordinal, day[chosen], columns)

    everybody = np.ones(begun.count, dtype=np.bool_)
    return pl.concat(
        [
            stage(np.full(begun.count, _ACCEPTED), begun.day, everybody),
            stage(np.where(saved, _APPROVED, _DECLARED), course, everybody),
            stage(np.where(saved, _CARRIED_OUT, _CLOSED), end, everybody),
        ]
    )
