"""What an enterprise's default probability would be, had the causes behind its records been ordinary ones.

Drawn again from the words that made the city, so nothing is asked of the deliveries. For checks only, never for a
feature or a model.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import polars as pl

from features.sources.city.arrays import Floats, Ints, logistic
from features.sources.city.causes import Causes
from features.sources.city.default import log_odds
from features.sources.city.drawing import City
from features.sources.city.latent import Circumstances, Latent, circumstances, own_stress
from features.sources.city.redrawing import city_of, placed, shards_of
from features.sources.city.shard import Shard


@dataclass(frozen=True)
class Ordinary:
    """Weighted means over the enterprises asked about, of those registered in each month: what a cause is set to.

    stress: (months,). around: scalars, and (months,) where firms have a path.
    """

    integrity: float
    quality: float
    stress: Floats
    around: Circumstances


def probabilities(folder: Path, asked: pl.DataFrame, forced: Sequence[Causes]) -> Floats:
    """(rows, 1 + forced) yearly default probability by the hidden state of the month of each row's day.

    asked: `subject` and `as_of`. First as the city is, then with each set of causes ordinary, this month and ever
    before: what they are on average among the enterprises asked about, of the first shard that holds any. Not a number
    for a subject the city does not hold.
    """
    city = city_of(folder)
    found = np.full((asked.height, 1 + len(forced)), np.nan)
    ordinary: Ordinary | None = None
    for shard in shards_of(city):
        rows, firm, month = placed(shard, asked)
        if not len(firm):
            continue
        ordinary = ordinary or ordinary_of(city, shard, np.unique(firm))
        for place, causes in enumerate((frozenset(), *forced)):
            odds = log_odds(city.parameters, relieved(city, shard, ordinary, causes))[firm, month]
            found[rows, place] = logistic(city.intercepts[month] + odds)
    return found


def ordinary_of(city: City, shard: Shard, among: Ints) -> Ordinary:
    """What is ordinary among some enterprises of a shard. among: their positions in it."""
    weight = np.zeros_like(shard.firms.weight)
    weight[among] = shard.firms.weight[among]
    weights = weight[:, None] * shard.firms.open_in(shard.months)

    def mean(values: Floats) -> Floats:
        counted = weight if values.ndim == 1 else weights
        return np.asarray((values * counted).sum(axis=0) / np.maximum(counted.sum(axis=0), 1e-12))

    around = _around(city, shard)
    means = {field.name: mean(getattr(around, field.name)) for field in fields(around)}
    latent = shard.latent
    integrity, quality = float(mean(latent.integrity)), float(mean(latent.quality))
    return Ordinary(integrity, quality, mean(latent.stress), Circumstances(**means))


def relieved(city: City, shard: Shard, ordinary: Ordinary, causes: Causes) -> Latent:
    """The hidden state with these causes ordinary in every firm; noise and the strain of related firms as they were."""
    latent = shard.latent
    stress, integrity = latent.stress, latent.integrity
    if "integrity" in causes:
        integrity = np.full_like(integrity, ordinary.integrity)
    if "stress" in causes:
        stress = np.broadcast_to(ordinary.stress, stress.shape)
    else:
        before = _around(city, shard)
        after = _eased(city, shard, ordinary, causes, before)
        changed = own_stress(city.parameters, city.weather, after) - own_stress(city.parameters, city.weather, before)
        stress = stress + changed
    return replace(latent, stress=stress, integrity=integrity)


def _eased(city: City, shard: Shard, ordinary: Ordinary, causes: Causes, around: Circumstances) -> Circumstances:
    """Quality is felt as liquidity; an enterprise's section is its risk, its share of the macro path and its shocks."""
    named = {"leverage": ("leverage",), "age": ("log_age",), "size": ("size",), "section": ("risk", "load", "shock")}
    eased = [name for cause, names in named.items() if cause in causes for name in names]
    changed = {
        name: np.broadcast_to(getattr(ordinary.around, name), getattr(around, name).shape).copy() for name in eased
    }
    if "quality" in causes:
        gained = city.parameters.latent.liquidity.quality * (ordinary.quality - shard.latent.quality)
        changed["liquidity"] = around.liquidity + gained[:, None]
    return replace(around, **changed)


def _around(city: City, shard: Shard) -> Circumstances:
    latent = shard.latent
    own = latent.leverage, latent.liquidity, latent.owner
    return circumstances(city.parameters, city.months, shard.firms, city.weather, *own)
