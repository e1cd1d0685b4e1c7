"""The groups of the made-up lake are as large as they say, so that figures of peers are held against each other."""

from pathlib import Path

import numpy as np
import polars as pl

from bureau.grant import operator_grant
from features.contracts.guaranteed_loan import APPROVED, GUARANTEED_LOAN
from features.contracts.registration import REGISTRATION
from features.contracts.shareholder import SHAREHOLDER
from features.definitions.guaranteed_loan import LEAST_OTHERS
from features.definitions.library import find_feature, published
from features.engine.algebra import GroupRate
from features.engine.engines import Engine
from features.lake.derived import FIRMS_PER_PERSON
from features.lake.lake import open_lake
from features.store.build import build_features
from features.store.comparison import compare, never_known
from features.store.edge_groups import BORROWERS, LEAST, PEERS, SIZES, group_rows
from features.store.edges import LAST_DAY
from features.store.population import population_of

MEAN = "peer_tax_arrears_count_24m_section_district"
RATES = [entry.name for entry in published() if isinstance(entry.definition, GroupRate)]
RARE = [*RATES, "quality_samples_passed_share_36m", "statement_asset_growth", "gas_trend_3p"]
NAMES = [MEAN, "above_peer_sales_trend_6p_section", "related_firms"]


def test_groups_stand_around_the_least_number_of_others() -> None:
    assert population_of(find_feature(MEAN)).least == LEAST
    first = group_rows(REGISTRATION, np.random.default_rng(1)).filter(pl.col("version") == 1)
    sizes = {
        (section, district): size for section, district, size in first.group_by("section", "division").len().rows()
    }
    assert sizes == SIZES
    assert first["uscc"].sort().to_list() == sorted(PEERS)


def test_borrowers_stand_around_the_least_number_of_others_too() -> None:
    rows = group_rows(GUARANTEED_LOAN, np.random.default_rng(1))
    approved = rows.filter(pl.col("stage") == APPROVED)
    sizes = approved.group_by("state", "sector", "lender_no").agg(pl.col("uscc").n_unique()).rows()
    assert {(state, sector, lender): size for state, sector, lender, size in sizes} == BORROWERS
    by_lender = [size for *_, size in sizes]
    assert {LEAST_OTHERS, LEAST_OTHERS + 1} <= {*by_lender}
    assert rows["loan_no_hash"].n_unique() == rows.height
    assert rows.height - approved.height > len(PEERS)


def test_one_agent_holds_more_firms_than_are_related() -> None:
    shares = group_rows(SHAREHOLDER, np.random.default_rng(1))
    assert shares["holder_hash"].n_unique() == 1
    assert shares["uscc"].n_unique() > FIRMS_PER_PERSON


def test_figures_of_peers_and_of_related_firms_are_known_and_agree(tmp_path: Path) -> None:
    compared = list(compare(tmp_path, NAMES, 40, seed=2))
    assert [(one.form, one.example) for one in compared if one.differing] == []
    assert all(one.peers > 0 for one in compared if one.engine == Engine.KERNEL)
    assert max(one.varying for one in compared) == len(NAMES)


def test_rates_of_a_group_and_what_is_rare_are_known_on_both_sides_and_agree(tmp_path: Path) -> None:
    compared = list(compare(tmp_path, RARE, 120, seed=1))
    assert [(one.form, one.example) for one in compared if one.differing] == []
    assert never_known(compared) == ()
    city = build_features(
        open_lake(tmp_path, f"sqlite:///{tmp_path / 'catalogue.db'}"), RATES, LAST_DAY, operator_grant()
    )
    borrowers = city.filter(pl.col("uscc").is_in(list(PEERS)))
    for name, known in zip(RATES, (31, 33, 33, 33), strict=True):
        assert borrowers.height - borrowers[name].null_count() == known
