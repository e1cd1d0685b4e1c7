"""The groups of the made-up lake are as large as they say, so that figures of peers are held against each other."""

from pathlib import Path

import numpy as np
import polars as pl

from features.contracts.registration import REGISTRATION
from features.contracts.shareholder import SHAREHOLDER
from features.definitions.library import find_feature
from features.engine.engines import Engine
from features.lake.derived import FIRMS_PER_PERSON
from features.store.comparison import compare
from features.store.edge_groups import LEAST, PEERS, SIZES, group_rows
from features.store.population import population_of

MEAN = "peer_tax_arrears_count_24m_section_district"
NAMES = [MEAN, "above_peer_sales_trend_6p_section", "related_firms"]


def test_groups_stand_around_the_least_number_of_others() -> None:
    assert population_of(find_feature(MEAN)).least == LEAST
    first = group_rows(REGISTRATION, np.random.default_rng(1)).filter(pl.col("version") == 1)
    sizes = {
        (section, district): size for section, district, size in first.group_by("section", "division").len().rows()
    }
    assert sizes == SIZES
    assert first["uscc"].sort().to_list() == sorted(PEERS)


def test_one_agent_holds_more_firms_than_are_related() -> None:
    shares = group_rows(SHAREHOLDER, np.random.default_rng(1))
    assert shares["holder_hash"].n_unique() == 1
    assert shares["uscc"].n_unique() > FIRMS_PER_PERSON


def test_figures_of_peers_and_of_related_firms_are_known_and_agree(tmp_path: Path) -> None:
    compared = list(compare(tmp_path, NAMES, 40, seed=2))
    assert [(one.form, one.example) for one in compared if one.differing] == []
    assert all(one.peers > 0 for one in compared if one.engine == Engine.KERNEL)
    assert max(one.varying for one in compared) == len(NAMES)
