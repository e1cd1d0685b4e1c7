"""F43 violations on the road: a larger fleet is caught more often, a careless one too."""

import numpy as np
import polars as pl

from features.contracts.transport_violation import TRANSPORT_ACTS
from features.sources.city.justice.occasions import by_section, drawn, hashed, numbered, years_of
from features.sources.city.rows import days, state, words
from features.sources.city.shard import Shard

_FLEETS = {"G": 1.0, "C": 0.06, "E": 0.08, "F": 0.04}
_ACT_SHARES = (0.45, 0.08, 0.20, 0.12, 0.05, 0.10)
_POINTS = np.array([0, 1, 3, 6, 12])
_POINTS_SHARES = (0.30, 0.30, 0.25, 0.12, 0.03)
_MOST_IN_A_MONTH = 31
_MOST_VEHICLES = 400


def transport_violations(shard: Shard) -> pl.DataFrame:
    """Several may happen in a month, each to one of the firm's vehicles."""
    chance = shard.chances.of("transport")
    rule, firms, months = shard.parameters.justice.transport, shard.firms, shard.months
    vehicles = np.clip((firms.revenue / rule.yuan_per_vehicle).astype(np.int64), 1, _MOST_VEHICLES)
    care = np.exp(rule.integrity * shard.latent.integrity + rule.own_sigma * chance.standard_normal(firms.count))
    mean = rule.rate * by_section(shard, _FLEETS, 0.0) * np.sqrt(vehicles) * care
    caught = np.minimum(chance.poisson(np.where(shard.active, mean[:, None], 0.0)), _MOST_IN_A_MONTH)
    cell = np.repeat(np.arange(caught.size), caught.ravel())
    firm, month = np.divmod(cell, months.count)
    count = len(firm)
    nth = np.arange(count) - np.searchsorted(cell, cell)
    day = months.begins[month] + chance.integers(0, 28, count)
    ordinal = month * (_MOST_IN_A_MONTH + 1) + nth
    plate = firms.entity[firm] * _MOST_VEHICLES + (chance.random(count) * vehicles[firm]).astype(np.int64)
    return state(
        shard, "F43", firm, ordinal, day,
        {
            "plate_hash": hashed(plate, shard.chances.seed),
            "doc_no": numbered("深交罚〔{}〕{}号", years_of(day), firms.entity[firm] * 10_000 + ordinal),
            "act": words(TRANSPORT_ACTS, drawn(chance, count, _ACT_SHARES)),
            "points": _POINTS[drawn(chance, count, _POINTS_SHARES)].astype(np.int32),
            "violated_on": days(day),
        },
    )  # fmt: skip
