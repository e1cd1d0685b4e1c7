"""Utilities, property, rights, finance and circles: records answer to the hidden state, and hang together."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.contracts.feeds import find_feed
from features.sources.city.assets.drawing import hashed, numbered
from features.sources.city.assets.feeds import BEFORE_DEFAULT
from features.sources.city.assets.financing_demand import financing_demands
from features.sources.city.assets.merchant_review import merchant_reviews
from features.sources.city.cases import draw_cases
from features.sources.city.default import draw_defaults, solve_intercepts
from features.sources.city.enforcement import draw_enforcements
from features.sources.city.loans import lend
from features.sources.city.shard import Shard
from features.sources.city.stating import Aftermath
from tests.factories.cities import SEED, drawn_shard, other_parameters

Stated = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def shard() -> Shard:
    """Enough enterprises for rare events."""
    return drawn_shard(2_500)


@pytest.fixture(scope="module")
def stated(shard: Shard) -> Stated:
    """What each department states of them."""
    return {feed: state(shard) for feed, state in BEFORE_DEFAULT.items()}


@pytest.fixture(scope="module")
def aftermath(shard: Shard) -> Aftermath:
    parameters, months = shard.parameters, shard.months
    applications, loans = lend(parameters, months, shard.firms, shard.relations, shard.latent, shard.chances)
    intercepts = solve_intercepts(parameters, months, SEED)
    defaults = draw_defaults(parameters, months, shard.latent, loans, intercepts, shard.chances)
    cases = draw_cases(shard, defaults)
    return Aftermath(applications, loans, defaults, cases, draw_enforcements(shard, cases, defaults))


def first(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.filter(pl.col("version") == 1)


def last(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.sort("version").unique("record_id", keep="last", maintain_order=True)


def strain(shard: Shard, statements: pl.DataFrame) -> np.ndarray:
    """The mean stress over its months in business of each statement's enterprise."""
    months = np.maximum(shard.active.sum(axis=1), 1)
    mean: np.ndarray = ((shard.latent.stress * shard.active).sum(axis=1) / months)[statements["entity"].to_numpy()]
    return mean


def moves_with(values: pl.Series | np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(np.asarray(values, dtype=np.float64), other)[0, 1])


def mean_trait(shard: Shard, statements: pl.DataFrame, trait: np.ndarray) -> float:
    """The mean of a fixed trait over the statements, less that over everybody in business."""
    weights = shard.active.sum(axis=1)
    return float(trait[statements["entity"].to_numpy()].mean() - np.average(trait, weights=weights))


@pytest.mark.parametrize("feed", BEFORE_DEFAULT)
def test_versions_follow_one_another(stated: Stated, feed: str) -> None:
    rows = stated[feed]
    assert rows.height > 30
    assert rows.select("record_id", "version").is_unique().all()
    assert set(rows["record_id"]) == set(first(rows)["record_id"])


@pytest.mark.parametrize("feed", BEFORE_DEFAULT)
def test_the_key_a_department_names_a_record_by_is_its_own(stated: Stated, feed: str) -> None:
    keyed = first(stated[feed]).select(find_feed(feed).grain)
    assert keyed.is_duplicated().mean() < (0.15 if feed == "F63" else 0.002)


@pytest.mark.parametrize("feed", BEFORE_DEFAULT)
def test_one_enterprise_alone_can_leave_no_record(feed: str) -> None:
    alone = BEFORE_DEFAULT[feed](drawn_shard(1))
    assert alone.schema == BEFORE_DEFAULT[feed](drawn_shard(40)).schema


@pytest.mark.parametrize("feed", ["F48", "F49"])
def test_strained_firms_use_less_and_pay_late(shard: Shard, stated: Stated, feed: str) -> None:
    bills = first(stated[feed])
    late = bills["paid_on"].is_null()
    assert moves_with(late, strain(shard, bills)) > 0.05
    usual = bills.with_columns(change=pl.col("m3").log1p() - pl.col("m3").log1p().mean().over("entity"))
    at = shard.latent.stress[usual["entity"], shard.months.position(usual["event_date"].cast(pl.Int32).to_numpy())]
    deviation = pl.Series(at) - usual.with_columns(at=at).select(pl.col("at").mean().over("entity"))["at"]
    assert moves_with(usual["change"], deviation.to_numpy()) < -0.1


def test_an_account_in_a_name_only_is_so_in_every_month(stated: Stated) -> None:
    accounts = stated["F48"].group_by("account").agg(without=pl.col("uscc").is_null().mean())
    assert set(accounts["without"]) == {0.0, 1.0}
    assert 0.02 < accounts["without"].mean() < 0.12  # type: ignore[operator]


def test_a_reading_of_two_months_comes_every_second_month(stated: Stated) -> None:
    double = first(stated["F48"]).filter(pl.col("months_covered") == 2)
    assert (double["period"].dt.month() % 2).n_unique() == 1


def test_mortgages_follow_leverage_and_end_with_the_property(shard: Shard, stated: Stated) -> None:
    rights = last(stated["F50"])
    mortgages = rights.filter(pl.col("right_kind") == "抵押权")
    owned = rights.filter(pl.col("right_kind") == "所有权")
    assert mortgages["cert_no_hash"].is_in(owned["cert_no_hash"].implode()).all()
    pressed = mortgages.group_by("entity").len()
    assert mean_trait(shard, mortgages, shard.latent.leverage) > mean_trait(shard, owned, shard.latent.leverage) - 0.1
    both = mortgages.join(owned.select("cert_no_hash", sold="ends_on"), on="cert_no_hash").drop_nulls("sold")
    assert pressed.height > 30
    assert (both["ends_on"] <= both["sold"]).all()
    assert (both["starts_on"] < both["sold"]).all()


def test_leases_of_a_firm_follow_one_another(stated: Stated) -> None:
    leases = first(stated["F51"]).sort("entity", "starts_on")
    again = leases.with_columns(
        before=pl.col("ends_on").shift(1).over("entity"), was=pl.col("address").shift(1).over("entity")
    ).drop_nulls("before")
    assert (again["starts_on"] > again["before"]).all()
    assert 0.4 < (again["address"] == again["was"]).mean() < 0.7  # type: ignore[operator]
    assert (leases.filter("hosted")["area_m2"] == 0).all()
    assert 0.1 < leases["building_id"].is_null().mean() < 0.2  # type: ignore[operator]


def test_strained_tenants_leave_early(shard: Shard, stated: Stated) -> None:
    leases = stated["F51"]
    broken = first(leases).with_columns(left=pl.col("record_id").is_in(later_versions(leases).implode()))
    assert moves_with(broken["left"], strain(shard, broken)) > 0.05


def later_versions(statements: pl.DataFrame) -> pl.Series:
    return statements.filter(pl.col("version") > 1)["record_id"].unique()


@pytest.mark.parametrize("feed", ["F52", "F53", "F54", "F55"])
def test_rights_and_recognition_follow_quality(shard: Shard, stated: Stated, feed: str) -> None:
    assert mean_trait(shard, first(stated[feed]).unique("entity"), shard.latent.quality) > 0.08


def test_a_patent_is_pending_until_it_is_examined(stated: Stated) -> None:
    patents = stated["F52"]
    assert set(first(patents)["status"]) == {"审查中"}
    decided = patents.filter(pl.col("version") == 2)
    assert set(decided["status"]) == {"有效", "驳回"}
    assert (decided["granted_on"].is_null() == (decided["status"] == "驳回")).all()
    assert set(patents.filter(pl.col("version") == 3)["status"]) == {"失效", "有效"}


def test_national_lists_are_shorter_than_others(stated: Stated) -> None:
    firms = stated["F54"].group_by("list_code").agg(pl.col("entity").n_unique())
    lengths = dict(firms.iter_rows())
    assert lengths.get("XJR", 0) < lengths["ZJTX"] < lengths["KJZX"]


def test_a_stopped_project_has_no_next_year(stated: Stated) -> None:
    years = stated["F55"].sort("project_no", "entity", "year").with_columns(
        was=pl.col("stage").shift(1).over("entity", "project_no")
    )  # fmt: skip
    assert not years["was"].is_in(["终止", "结题"]).any()
    assert "终止" in set(years["stage"])


def test_the_national_grade_is_of_conduct(shard: Shard, stated: Stated) -> None:
    grades = stated["F58"]
    rank = grades["grade"].replace_strict({"优": 4, "良": 3, "中": 2, "差": 1}).to_numpy()
    entity = grades["entity"].to_numpy()
    assert moves_with(rank, shard.latent.integrity[entity]) > 0.4
    assert -0.5 < moves_with(rank, strain(shard, grades)) < -0.1
    assert set(grades["grade"]) == {"优", "良", "中", "差"}


def test_a_grade_is_stated_again_within_a_year(stated: Stated) -> None:
    grades = stated["F58"].sort("entity", "period")
    gaps = (grades["period"] - grades["period"].shift(1)).dt.total_days().filter(
        grades["entity"] == grades["entity"].shift(1)
    )  # fmt: skip
    assert gaps.max() <= 366  # type: ignore[operator]


def test_claims_are_learned_later_and_within_the_cover(stated: Stated) -> None:
    policies = stated["F62"]
    assert (first(policies)["claim_fen"] == 0).all()
    claimed = policies.filter(pl.col("version") == 2)
    assert claimed.height > 3
    assert claimed["claimed_on"].is_between(claimed["starts_on"], claimed["ends_on"]).all()
    assert (claimed["claim_fen"] <= claimed["amount_fen"]).all()


def test_robots_like_many_times_and_are_few(tmp_path: Path) -> None:
    robots = other_parameters(tmp_path, assets={"merchant_review": {"burst_share": 0.02}})
    likes = merchant_reviews(drawn_shard(1_000, parameters=robots)).filter(pl.col("kind") == "点赞")
    bursts = likes.group_by("merchant_id", "happened_on").agg(pl.len(), pl.col("visitor_hash").n_unique())
    largest = bursts.sort("len").tail(1)
    assert largest["len"].item() >= 40
    assert largest["visitor_hash"].item() < 10


def test_good_shops_are_rated_better(shard: Shard, stated: Stated) -> None:
    reviews = first(stated["F63"]).drop_nulls("score")
    assert moves_with(reviews["score"], shard.latent.quality[reviews["entity"].to_numpy()]) > 0.1


def test_a_lost_contact_is_found_after_it_was_lost(stated: Stated) -> None:
    addresses = last(stated["F64"])
    lost = addresses.drop_nulls("bounced_on")
    assert 0 < lost.height < 0.15 * addresses.height
    found = lost.drop_nulls("replied_on")
    assert (found["replied_on"] > found["bounced_on"]).all()


def test_demands_come_from_those_who_need_money(shard: Shard, aftermath: Aftermath) -> None:
    demands = financing_demands(shard, aftermath)
    assert demands.select("record_id", "version").is_unique().all()
    assert set(first(demands)["state"]) == {"已提交"}
    assert set(demands.filter(pl.col("version") == 2)["state"]) == {"已授信", "已拒绝", "已撤回"}
    assert mean_trait(shard, first(demands), shard.latent.liquidity.mean(axis=1)) < 0
    tries = last(demands).filter(pl.col("amount_fen") < 100_000)
    assert set(tries["state"]) == {"已撤回"}


def test_texts_of_numbers_and_hashes_have_their_form(shard: Shard) -> None:
    assert numbered("W", np.array([7, 12]), 4).to_list() == ["W0007", "W0012"]
    firm, ordinal = np.array([0, 0, 1]), np.array([0, 1, 0])
    hashes = hashed(shard, "email", firm, ordinal)
    assert hashes.n_unique() == 3
    assert hashes.str.contains("^[0-9a-f]{16}$").all()
    assert not hashes.is_in(hashed(shard, "mobile", firm, ordinal).implode()).any()
