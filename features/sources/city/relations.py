"""Who belongs with whom in a shard: firms of one owner, and rings of firms that pretend to trade with each other."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from features.sources.city.arrays import Flags, Ints
from features.sources.city.identity import Identities, keyed_hashes
from features.sources.city.months import Months
from features.sources.city.parameters import Parameters
from features.sources.city.population import NEVER, Firms
from features.sources.city.streams import Chances

NO_RING = -1
_CAMPAIGN_AFTER, _CAMPAIGN_BEFORE = 12, 6
"""Months a ring's campaign keeps from both ends of the calendar."""


@dataclass(frozen=True)
class Relations:
    """Positions are of the shard's firms.

    owner: (firms,) number of the person who owns and represents each; `owner_hash` as departments write it.
    partners: (pairs, 2) firms of one owner, each pair once.
    ring: (firms,) the ring a firm belongs to, or NO_RING. neighbour: (firms,) whom it pretends to sell to, itself
    outside a ring. campaign: (firms,) month from which its ring inflates sales and borrows, or NEVER.
    """

    owner: Ints
    owner_hash: pl.Series
    partners: Ints
    ring: Ints
    neighbour: Ints
    campaign: Ints

    def active_rings(self, months: Months) -> Flags:
        """(firms, months) from the beginning of the ring's campaign on."""
        begun: Flags = np.arange(months.count) >= self.campaign[:, None]
        return begun

    def inflating(self, parameters: Parameters, months: Months) -> Flags:
        """(firms, months) of its campaign, in which a ring pretends to sell and then asks for loans."""
        month = np.arange(months.count)
        begun, over = self.campaign[:, None], (self.campaign + parameters.relations.ring_months)[:, None]
        inside: Flags = (month >= begun) & (month < over)
        return inside


def belonging(identities: Identities, relations: Relations) -> Identities:
    """Identities as relations make them: firms of one owner name one person, those of a ring one address."""
    first, position = np.unique(relations.ring, return_index=True)
    address = np.arange(len(relations.ring))
    together = relations.ring != NO_RING
    address[together] = position[np.searchsorted(first, relations.ring[together])]
    return replace(identities, legal_rep=relations.owner_hash, address=identities.address.gather(address))


def draw_relations(parameters: Parameters, months: Months, firms: Firms, chances: Chances) -> Relations:
    """Owners of several firms first, then rings; half a ring's firms are in the name of its head."""
    chance = chances.of("relations")
    rule = parameters.relations
    head, partners = _groups(firms.count, rule.related_share, rule.together, chance)
    ring, neighbour, campaign = _rings(parameters, months, firms, chance)
    headed = (ring != NO_RING) & (chance.random(firms.count) < rule.ring_nominee_share)
    first = np.full(firms.count + 1, 0)
    first[ring[::-1]] = np.arange(firms.count)[::-1]
    owner = firms.entity[np.where(headed, first[ring], head)]
    return Relations(owner, keyed_hashes("person", owner, chances.seed), partners, ring, neighbour, campaign)


def _groups(count: int, share: float, sizes: tuple[int, int], chance: np.random.Generator) -> tuple[Ints, Ints]:
    """(firms,) the head of each firm's group, often itself; (pairs, 2) each member with its head."""
    related = chance.permutation(count)[: round(count * share)]
    group = np.sort(_cut(len(related), sizes, chance))
    heads = related[np.searchsorted(group, group)]
    head = np.arange(count)
    head[related] = heads
    others = related != heads
    return head, np.column_stack([heads[others], related[others]])


def _cut(length: int, sizes: tuple[int, int], chance: np.random.Generator) -> Ints:
    """(length,) consecutive groups of sizes between two, the last one perhaps smaller."""
    drawn = chance.integers(sizes[0], sizes[1] + 1, length // sizes[0] + 1)
    return np.repeat(np.arange(len(drawn)), drawn)[:length]


def _rings(
    parameters: Parameters, months: Months, firms: Firms, chance: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """(firms,) ring, neighbour in the circle and first month of the campaign."""
    rule = parameters.relations
    low, high = rule.ring_size
    number = int(chance.poisson(firms.count * rule.ring_share / ((low + high) / 2)))
    sizes = chance.integers(low, high + 1, number)
    able = chance.permutation(np.flatnonzero(firms.invoicing))[: sizes.sum()]
    of = np.repeat(np.arange(number), sizes)[: len(able)]
    ring, neighbour = np.full(firms.count, NO_RING), np.arange(firms.count)
    campaign = np.full(firms.count, NEVER)
    begins = chance.integers(months.burn_in + _CAMPAIGN_AFTER, months.count - _CAMPAIGN_BEFORE, number)
    ring[able], campaign[able] = of, begins[of]
    for number_of_ring in range(number):
        members = able[of == number_of_ring]
        neighbour[members] = np.roll(members, -1)
    return ring, neighbour, campaign
