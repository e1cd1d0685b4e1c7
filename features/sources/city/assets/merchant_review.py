"""F63: visitors of shops: scans, likes, reviews, complaints, and robots that like in bursts."""

import numpy as np
import polars as pl

from features.contracts.merchant_review import REVIEW_KINDS
from features.sources.city.arrays import Flags, Floats, Ints
from features.sources.city.assets.drawing import hashed, numbered
from features.sources.city.months import day_number
from features.sources.city.rows import days, only_where, settle, state, words
from features.sources.city.shard import Shard

_SCAN, _LIKE, _REVIEW, _COMPLAINT = range(len(REVIEW_KINDS))
_LIKED, _REVIEWED, _COMPLAINED = 0.06, 0.14, 0.025
_ROBOTS_DAY_LIKES = 40
_MOST_A_MONTH = 500
_REGULARS = 300
"""Visitors of a shop come from a circle of so many."""
_HANDLED_MINUTES, _HANDLED_SIGMA = 190.0, 1.1
_NEVER_CLOSED = 0.04


def merchant_reviews(shard: Shard) -> pl.DataFrame:
    """Quality earns better scores and fewer complaints; fewer people come to a strained shop."""
    chance = shard.chances.of("merchants")
    firm, month = _visits(shard, _merchants(shard, chance), chance)
    kind = _kinds(shard, firm, chance)
    robots = _robots(shard, firm, month, chance)
    day = shard.months.begins[month] + chance.integers(0, 28, len(firm))
    robot = np.repeat([False, True], [len(firm), len(robots[0])])
    firm, day = np.concatenate([firm, robots[0]]), np.concatenate([day, robots[1]])
    return _told(shard, firm, day, np.where(robot, _LIKE, np.pad(kind, (0, robot.sum()))), robot, chance)


def _merchants(shard: Shard, chance: np.random.Generator) -> Flags:
    rule, sections = shard.parameters.assets.merchant_review, list(shard.parameters.sections)
    trade = np.isin(shard.firms.section, [sections.index(name) for name in rule.sections if name in sections])
    chosen: Flags = trade & (chance.random(shard.firms.count) < rule.merchants)
    return chosen


def _visits(shard: Shard, merchants: Flags, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, month) of every act."""
    rule, months = shard.parameters.assets.merchant_review, shard.months
    since = months.begins >= day_number(rule.since)
    own = np.exp(0.8 * chance.standard_normal(shard.firms.count))
    expected = rule.visits * own[:, None] * np.exp(rule.visits_stress * shard.latent.stress)
    possible = shard.active & merchants[:, None] & since
    number = np.minimum(chance.poisson(np.where(possible, expected, 0.0)), _MOST_A_MONTH)
    firm, month = np.nonzero(number)
    times = number[firm, month]
    return np.repeat(firm, times), np.repeat(month, times)


def _kinds(shard: Shard, firm: Ints, chance: np.random.Generator) -> Ints:
    rule = shard.parameters.assets.merchant_review
    complained = _COMPLAINED * np.exp(rule.complaint_quality * shard.latent.quality[firm])
    draw = chance.random(len(firm))
    kind = np.where(draw < _LIKED, _LIKE, np.where(draw < _LIKED + _REVIEWED, _REVIEW, _SCAN))
    return np.where(draw > 1 - complained, _COMPLAINT, kind)


def _robots(shard: Shard, firm: Ints, month: Ints, chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firm, day) of likes nobody gave: a few bursts, each of one day."""
    burst = chance.random(len(firm)) < shard.parameters.assets.merchant_review.burst_share
    start = shard.months.begins[month[burst]] + chance.integers(0, 28, burst.sum())
    return np.repeat(firm[burst], _ROBOTS_DAY_LIKES), np.repeat(start, _ROBOTS_DAY_LIKES)


def _told(shard: Shard, firm: Ints, day: Ints, kind: Ints, robot: Flags, chance: np.random.Generator) -> pl.DataFrame:
    """One row an act; a complaint's end is a second version."""
    count = len(firm)
    visitor = np.where(robot, _REGULARS + chance.integers(0, 2, count), chance.integers(0, _REGULARS, count))
    minutes = (_HANDLED_MINUTES * np.exp(_HANDLED_SIGMA * chance.standard_normal(count))).astype(np.int64)
    minute = np.clip(chance.normal(900, 200, count), 0, 1_439).astype(np.int64)
    complaint = (kind == _COMPLAINT) & (chance.random(count) >= _NEVER_CLOSED)
    stated = state(
        shard, "F63", firm, np.arange(count), day,
        {
            "merchant_id": numbered("S", shard.firms.entity[firm], 8),
            "happened_on": days(day),
            "minute": minute.astype(np.int32),
            "kind": words(REVIEW_KINDS, kind),
            "visitor_hash": hashed(shard, "visitor", firm, visitor),
            "score": only_where(pl.Series(_scores(shard, firm, chance)), kind == _REVIEW),
            "closed_on": days(day + (minute + minutes) // 1_440, complaint),
            "handled_minutes": only_where(pl.Series(minutes.astype(np.int32)), complaint),
        },
    )  # fmt: skip
    nobody = {"closed_on": pl.lit(None, dtype=pl.Date), "handled_minutes": pl.lit(None, dtype=pl.Int32)}
    return settle(stated, on="closed_on", unknown_before=nobody)


def _scores(shard: Shard, firm: Ints, chance: np.random.Generator) -> Ints:
    rule = shard.parameters.assets.merchant_review
    felt_quality: Floats = 4.3 + rule.score_quality * shard.latent.quality[firm] + chance.standard_normal(len(firm))
    return np.clip(np.round(felt_quality), 1, 5).astype(np.int32)
