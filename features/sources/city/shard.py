"""One shard of the city: its enterprises, their hidden state and their business, ready to leave records."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.sources.city.arrays import Flags
from features.sources.city.business import Business, run_business
from features.sources.city.identity import Identities, identify
from features.sources.city.latent import Latent, Weather, draw_latent
from features.sources.city.months import Months
from features.sources.city.parameters import Mix, Parameters
from features.sources.city.population import Firms, draw_firms
from features.sources.city.relations import Relations, belonging, draw_relations
from features.sources.city.streams import Chances


@dataclass(frozen=True)
class Shard:
    """Everything before the first record."""

    parameters: Parameters
    months: Months
    chances: Chances
    mix: Mix
    firms: Firms
    relations: Relations
    identities: Identities
    latent: Latent
    business: Business

    @cached_property
    def delivered(self) -> Flags:
        """(firms, months) registered in a month of the calendar."""
        inside: Flags = self.firms.open_in(self.months) & (np.arange(self.months.count) >= self.months.burn_in)
        return inside

    @cached_property
    def active(self) -> Flags:
        """(firms, months) registered and not dormant in a month of the calendar."""
        active: Flags = self.delivered & ~self.firms.dormant[:, None]
        return active


def draw_shard(
    parameters: Parameters,
    months: Months,
    weather: Weather,
    chances: Chances,
    mix: Mix,
    *,
    first: int,
    count: int,
) -> Shard:
    """`count` enterprises numbered from `first`; any shard can be drawn alone, in any order."""
    firms = draw_firms(parameters, months, chances, mix, first=first, count=count)
    relations = draw_relations(parameters, months, firms, chances)
    latent = draw_latent(parameters, months, firms, relations, weather, chances)
    return Shard(
        parameters=parameters,
        months=months,
        chances=chances,
        mix=mix,
        firms=firms,
        relations=relations,
        identities=belonging(identify(parameters, firms, chances), relations),
        latent=latent,
        business=run_business(parameters, months, firms, relations, latent, chances),
    )
