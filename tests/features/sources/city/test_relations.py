"""Who belongs with whom: owners of several firms, rings in a circle, and what both do to state and records."""

import numpy as np
import polars as pl
import pytest

from features.sources.city.counterparties import counterparties
from features.sources.city.identity import keyed_hashes
from features.sources.city.relations import NO_RING
from features.sources.city.shard import Shard
from features.sources.city.trade import trade_sides
from tests.factories.cities import SEED, drawn_shard


@pytest.fixture(scope="module")
def town() -> Shard:
    return drawn_shard(3000, number=1)


def test_a_quarter_of_firms_share_an_owner(town: Shard) -> None:
    related = np.unique(town.relations.partners)
    assert len(related) / town.firms.count == pytest.approx(town.parameters.relations.related_share, abs=0.01)
    outside = town.relations.ring[town.relations.partners].max(axis=1) == NO_RING
    one, other = town.relations.partners[outside].T
    assert (town.relations.owner[one] == town.relations.owner[other]).all()
    assert (town.identities.legal_rep.gather(one) == town.identities.legal_rep.gather(other)).all()


def test_a_ring_is_a_circle_at_one_address(town: Shard) -> None:
    relations = town.relations
    low, high = town.parameters.relations.ring_size
    for ring in range(relations.ring.max() + 1):
        members = np.flatnonzero(relations.ring == ring)
        assert low <= len(members) <= high
        assert set(relations.neighbour[members]) == set(members)
        assert town.identities.address.gather(members).n_unique() == 1
        assert len(np.unique(relations.campaign[members])) == 1


def test_rings_are_about_one_firm_in_two_hundred_and_fifty() -> None:
    in_rings = [(drawn_shard(2000, number=number).relations.ring != NO_RING).mean() for number in range(5)]
    assert 0.001 < np.mean(in_rings) < 0.009


def test_strain_is_catching(town: Shard) -> None:
    one, other = town.relations.partners.T
    mean = town.latent.stress.mean(axis=1)
    assert np.corrcoef(mean[one], mean[other])[0, 1] > 0.1


def test_a_ring_sells_to_itself_while_its_campaign_lasts(town: Shard) -> None:
    relations, months = town.relations, town.months
    rows = counterparties(town, trade_sides(town)).with_columns(
        own=pl.col("cp_hash").is_in(keyed_hashes("counterparty", -1 - town.firms.entity, SEED).implode())
    )
    inside = rows.filter("own")
    assert inside.height > 0
    assert (relations.ring[inside["entity"].to_numpy()] != NO_RING).all()
    month = months.position(inside["quarter"].to_physical().to_numpy().astype(np.int64))
    assert relations.inflating(town.parameters, months)[inside["entity"].to_numpy(), month].all()
    sold = inside.filter(pl.col("side") == "销")
    mates = town.firms.entity[relations.neighbour[sold["entity"].to_numpy()]]
    assert (sold["cp_hash"] == keyed_hashes("counterparty", -1 - mates, SEED)).all()


def test_a_ring_fails_six_times_as_often_once_it_works(town: Shard) -> None:
    begun = town.latent.ring
    assert begun.any(axis=1).sum() == (town.relations.ring != NO_RING).sum()
    assert not begun[:, : town.months.burn_in].any()
    assert np.exp(town.parameters.default.ring) == pytest.approx(6, abs=0.1)
