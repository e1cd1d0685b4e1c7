"""F58: the national grade: conduct above all, something of quality, a little of stress, and a good deal of its own."""

import numpy as np
import polars as pl

from features.contracts.public_evaluation import EVALUATION_GRADES
from features.sources.city.arrays import Floats, Ints, delayed
from features.sources.city.months import day_number
from features.sources.city.rows import days, state, words
from features.sources.city.shard import Shard

_CUTS = np.array([0.7, -0.75, -1.9])
"""Index from which a firm is graded 优, 良, 中; below the last it is 差."""


def public_evaluations(shard: Shard) -> pl.DataFrame:
    """A record in a firm's first graded month, in the same month of every year, and when its grade has changed."""
    chance = shard.chances.of("public-evaluation")
    rule, firms, months = shard.parameters.assets.public_evaluation, shard.firms, shard.months
    grade = _grades(shard, chance)
    since = int(months.position(np.array([day_number(rule.since)]))[0])
    covered = chance.random(firms.count) < rule.coverage
    from_month = np.maximum(firms.opened + 6, since) + chance.integers(0, 12, firms.count)
    month = np.arange(months.count)
    inside = shard.delivered & covered[:, None] & (month >= from_month[:, None])
    changed = np.zeros(grade.shape, dtype=np.bool_)
    changed[:, 1:] = grade[:, 1:] != grade[:, :-1]
    yearly = (month - from_month[:, None]) % 12 == 0
    firm, at = np.nonzero(inside & (yearly | changed))
    period = months.ends[at]
    return state(
        shard, "F58", firm, at, period,
        {"period": days(period), "grade": words(EVALUATION_GRADES, grade[firm, at])},
    )  # fmt: skip


def _grades(shard: Shard, chance: np.random.Generator) -> Ints:
    """(firms, months) position of the grade; it stands until a firm is looked at again."""
    rule, latent = shard.parameters.assets.public_evaluation, shard.latent
    shape = latent.stress.shape
    standing = rule.integrity * latent.integrity + rule.quality * latent.quality
    standing = standing + rule.own_sigma * chance.standard_normal(shape[0])
    index = standing[:, None] + rule.stress * delayed(latent.stress, rule.delay_months)
    index = index + rule.noise_sigma * chance.standard_normal(shape)
    looked = chance.random(shape) < rule.revised
    looked[:, 0] = True
    return _graded(_last_looked(index, looked))


def _last_looked(index: Floats, looked: np.ndarray) -> Floats:
    """Of each month the index as it was when the firm was last looked at."""
    at = np.maximum.accumulate(np.where(looked, np.arange(index.shape[1]), 0), axis=1)
    return np.take_along_axis(index, at, axis=1)


def _graded(index: Floats) -> Ints:
    grade: Ints = len(_CUTS) - np.searchsorted(_CUTS[::-1], index, side="right")
    return grade
