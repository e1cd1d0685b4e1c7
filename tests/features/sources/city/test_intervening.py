"""Interventions in the small city: the truth is found again, and each cause does what the generator says it does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.errors import UnreadableFile
from features.sources.city.arrays import Ints
from features.sources.city.causes import Cause
from features.sources.city.default import log_odds
from features.sources.city.drawing import plan_city
from features.sources.city.intervening import ordinary_of, probabilities, relieved
from features.sources.city.manifest import TRUTH
from features.sources.city.parameters import load_parameters
from features.sources.city.shard import Shard
from features.sources.city.truth import read_truth
from tests.factories.cities import SEED

NOBODY = pl.DataFrame({"subject": ["nobody"], "as_of": ["2021-06-30"]}).with_columns(pl.col("as_of").str.to_date())


def borrowers(shard: Shard) -> Ints:
    return np.flatnonzero(shard.firms.borrower)


@pytest.fixture(scope="module")
def loans(village: Path) -> pl.DataFrame:
    return read_truth(village / TRUTH, "loans").select("state_log_odds", subject="uscc", as_of="granted_on")


def test_untouched_the_probabilities_are_the_truths(village: Path, loans: pl.DataFrame) -> None:
    found = probabilities(village, loans, [])
    assert found.shape == (loans.height, 1)
    odds = np.log(found[:, 0] / (1 - found[:, 0])) - loans["state_log_odds"].to_numpy()
    of_year = pl.DataFrame({"year": loans["as_of"].dt.year(), "intercept": odds}).group_by("year")
    assert (of_year.agg(pl.col("intercept").std().fill_null(0))["intercept"] < 1e-9).all()


def test_what_is_eased_lowers_the_risk_of_the_strained_and_raises_that_of_the_calm(
    village: Path, loans: pl.DataFrame
) -> None:
    found = probabilities(village, loans, [frozenset({"stress", "integrity"})])
    risk, eased = found.T
    assert eased.std() < risk.std() / 5
    assert (eased < risk)[risk > np.quantile(risk, 0.9)].all()
    assert (eased > risk)[risk < np.quantile(risk, 0.1)].all()


def test_nothing_forced_changes_nothing_and_nobody_has_no_probability(village: Path, loans: pl.DataFrame) -> None:
    asked = pl.concat([loans.select("subject", "as_of"), NOBODY])
    found = probabilities(village, asked, [frozenset()])
    assert np.array_equal(found[:-1, 0], found[:-1, 1])
    assert np.isnan(found[-1]).all()


@pytest.mark.parametrize(
    ("cause", "trait", "rises"),
    [
        pytest.param("integrity", "integrity", True, id="who means ill defaults less when meaning as well as others"),
        pytest.param("quality", "quality", True, id="a poor firm made ordinary is less strained"),
        pytest.param("leverage", "leverage", False, id="an indebted firm made ordinary is less strained"),
    ],
)
def test_each_trait_moves_the_odds_its_way(shard: Shard, cause: Cause, trait: str, rises: bool) -> None:
    city = plan_city(Path(), enterprises=400, seed=SEED, parameters=load_parameters())
    latent = relieved(city, shard, ordinary_of(city, shard, borrowers(shard)), frozenset([cause]))
    gained = (log_odds(shard.parameters, latent) - log_odds(shard.parameters, shard.latent)).mean(axis=1)
    value = getattr(shard.latent, trait)
    low, high = value < np.quantile(value, 0.2), value > np.quantile(value, 0.8)
    assert (gained[low if rises else high] < 0).all()
    assert (gained[high if rises else low] > 0).all()


def test_ordinary_is_what_is_average_among_those_asked_about(village: Path, loans: pl.DataFrame) -> None:
    """Of two enterprises alone neither stands out as among all: either is made the other's like."""
    pair = loans.select("subject", "as_of").unique("subject", maintain_order=True).head(2)
    alone = probabilities(village, pair, [frozenset({"integrity", "stress"})])
    among_all = probabilities(village, loans, [frozenset({"integrity", "stress"})])
    assert not np.isclose(alone[0, 1], among_all[0, 1], rtol=1e-3)


def test_age_size_and_section_leave_noise_and_relations_as_they_were(shard: Shard) -> None:
    city = plan_city(Path(), enterprises=400, seed=SEED, parameters=load_parameters())
    ordinary = ordinary_of(city, shard, borrowers(shard))
    latent = relieved(city, shard, ordinary, frozenset({"age", "size", "section"}))
    changed = latent.stress - shard.latent.stress
    twins = replace(shard, latent=replace(shard.latent, stress=shard.latent.stress + 5.0))
    again = relieved(city, twins, ordinary, frozenset({"age", "size", "section"})).stress - twins.latent.stress
    assert np.allclose(changed, again)
    assert np.abs(changed).max() > 0.1


def test_a_folder_without_a_city_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="load the city again"):
        probabilities(tmp_path, NOBODY, [])
