"""The city's loans in memory, without a record of any feed: what banks saw of a firm, and how its loans went."""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from features.sources.city.default import (
    FIRST_AT_RISK,
    LAST_AT_RISK,
    draw_defaults,
    kept_loans,
    solve_intercepts,
)
from features.sources.city.latent import draw_latent, draw_weather
from features.sources.city.loans import lend
from features.sources.city.parameters import load_parameters
from features.sources.city.population import draw_firms
from features.sources.city.relations import draw_relations
from features.sources.city.streams import Chances
from tests.factories.cities import SEED, months_of

SHARD = 5_000


@dataclass(frozen=True)
class GrantedLoans:
    """Arrays (loans,). month: months since January 2016. raw: the bank's verdict, rising with risk. target: default
    within a year. weight: restores the population."""

    month: np.ndarray
    firm: np.ndarray
    raw: np.ndarray
    target: np.ndarray
    weight: np.ndarray

    def between(self, first: date, end: date) -> "GrantedLoans":
        """Granted in the months from one day, before another."""
        first_month, end_month = ((day.year - 2016) * 12 + day.month - 1 for day in (first, end))
        return self.take((self.month >= first_month) & (self.month < end_month))

    def take(self, chosen: np.ndarray) -> "GrantedLoans":
        return GrantedLoans(*(getattr(self, field.name)[chosen] for field in fields(self)))


def granted_loans(firms: int, seed: int = SEED) -> GrantedLoans:
    """Every loan that banks granted, in shards as the city is drawn in."""
    parameters = load_parameters()
    months = months_of(parameters)
    weather, intercepts = draw_weather(parameters, months, seed), solve_intercepts(parameters, months, seed)
    parts = []
    for number, first in enumerate(range(0, firms, SHARD)):
        chances = Chances(seed, number)
        drawn = draw_firms(parameters, months, chances, parameters.sample.dense, first=first, count=SHARD)
        relations = draw_relations(parameters, months, drawn, chances)
        latent = draw_latent(parameters, months, drawn, relations, weather, chances)
        _, asked = lend(parameters, months, drawn, relations, latent, chances)
        defaults = draw_defaults(parameters, months, latent, asked, intercepts, chances)
        loans = kept_loans(asked, defaults)
        after = defaults.month[loans.firm] - loans.month
        bad = ((after >= FIRST_AT_RISK) & (after <= LAST_AT_RISK)).astype(float)
        month = loans.month - months.burn_in
        parts.append((month, loans.firm + first, -loans.verdict, bad, drawn.weight[loans.firm]))
    return GrantedLoans(*(np.concatenate(column) for column in zip(*parts, strict=True)))
