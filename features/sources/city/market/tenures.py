"""Seats that pass from one person to the next: holders of shares and officers alike."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from features.sources.city.arrays import Ints
from features.sources.city.identity import keyed_hashes
from features.sources.city.months import day_number
from features.sources.city.rows import ORDINALS
from features.sources.city.shard import Shard

STAYS = day_number(date(9999, 12, 31))
"""The day a seat is left that is never left."""
_ASSOCIATES = 1 << 20
"""Legal representatives have the numbers below."""
_TURNS = 1 << 8


@dataclass(frozen=True)
class Tenures:
    """One row per seat and sitter, flat. turn: 0 for the first. since, until: days since 1970."""

    seat: Ints
    turn: Ints
    since: Ints
    until: Ints


def tenures(opened: Ints, seat: Ints, day: Ints) -> Tenures:
    """Who sits from when to when. opened: (seats,) day of the first. seat, day: each change of sitter."""
    seats = np.concatenate([np.arange(len(opened)), seat])
    since = np.concatenate([opened, day])
    order = np.lexsort((since, np.arange(len(seats)) >= len(opened), seats))
    seats, since = seats[order], since[order]
    follows = np.append(seats[1:] == seats[:-1], False)
    until = np.where(follows, np.append(since[1:], STAYS), STAYS)
    return Tenures(seats, rank_within(seats), since, until[: len(seats)])


def rank_within(groups: Ints) -> Ints:
    """Each row's place among the rows of its group, from 0; equal groups stand together."""
    first = np.append(True, groups[1:] != groups[:-1])[: len(groups)]
    begins = np.flatnonzero(first)
    rank: Ints = np.arange(len(groups)) - np.repeat(begins, np.diff(np.append(begins, len(groups))))
    return rank


def associates(shard: Shard, firm: Ints, place: Ints, turn: Ints) -> pl.Series:
    """Keyed hashes of people near a firm: the same place and turn is the same person in every feed."""
    number = shard.firms.entity[firm] * ORDINALS + _ASSOCIATES + place * _TURNS + turn % _TURNS
    return keyed_hashes("person", number, shard.chances.seed)
