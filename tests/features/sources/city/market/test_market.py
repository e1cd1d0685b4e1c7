"""Records of market regulation answer to the hidden state, and agree with the register and each other."""

import numpy as np
import polars as pl
import pytest

from features.contracts.shareholder import SHAREHOLDER
from features.sources.city.market.abnormal_listings import abnormal_listings
from features.sources.city.market.annual_reports import annual_reports
from features.sources.city.market.complaints import complaints
from features.sources.city.market.deregistrations import deregistrations
from features.sources.city.market.equity_pledges import equity_pledges
from features.sources.city.market.inspections import inspections
from features.sources.city.market.movable_securities import movable_securities
from features.sources.city.market.officers import officers
from features.sources.city.market.serious_violations import serious_violations
from features.sources.city.market.shareholders import shareholders
from features.sources.city.market.tenures import STAYS, rank_within, tenures
from features.sources.city.population import SOLE_TRADER
from features.sources.city.registration import registered_capital, registration_changes, registrations
from features.sources.city.shard import Shard
from tests.factories.cities import drawn_shard


@pytest.fixture(scope="module")
def town() -> Shard:
    """Enterprises enough to see weak effects."""
    return drawn_shard(3_000)


def first(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.filter(pl.col("version") == 1)


def last(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.sort("version").group_by("record_id", maintain_order=True).last()


def mean_of(statements: pl.DataFrame, values: np.ndarray) -> float:
    """The mean of a value of firms over the rows of a statement."""
    return float(values[statements["entity"].to_numpy()].mean())


def test_a_seat_passes_from_one_to_the_next() -> None:
    held = tenures(np.array([5, 7]), np.array([1, 0, 1]), np.array([30, 20, 10]))
    assert list(zip(held.seat, held.turn, held.since, held.until, strict=True)) == [
        (0, 0, 5, 20),
        (0, 1, 20, STAYS),
        (1, 0, 7, 10),
        (1, 1, 10, 30),
        (1, 2, 30, STAYS),
    ]


def test_nobody_sits_where_there_is_no_seat() -> None:
    none = np.array([], dtype=np.int64)
    assert len(tenures(none, none, none).seat) == len(rank_within(none)) == 0


def test_holders_of_a_firm_hold_the_whole_of_it(shard: Shard) -> None:
    held = last(shareholders(shard)).filter(pl.col("left_on").is_null())
    shares = held.group_by("entity").agg(pl.sum("pct_bp"))["pct_bp"]
    assert (shares == 10_000).mean() > 0.95
    assert (shares <= 10_000).all()


def test_holders_subscribe_the_registered_capital(shard: Shard) -> None:
    held = first(shareholders(shard)).filter(pl.col("pct_bp") == 10_000).unique("entity")
    capital = registered_capital(shard)[held["entity"].to_numpy()]
    assert held["subscribed_fen"].to_numpy() == pytest.approx(capital * 100)


def test_holders_leave_on_the_days_the_register_changed(shard: Shard) -> None:
    changed = registration_changes(shard).filter(pl.col("item") == "股东").select("entity", left_on="change_date")
    left = last(shareholders(shard)).filter(pl.col("left_on").is_not_null()).select("entity", "left_on")
    entered = last(shareholders(shard)).select("entity", left_on="entered_on")
    assert left.height > 20
    assert left.join(changed, on=["entity", "left_on"], how="anti").is_empty()
    assert left.join(entered, on=["entity", "left_on"], how="anti").is_empty()


def test_a_later_contribution_is_a_second_version(shard: Shard) -> None:
    rows = shareholders(shard).sort("record_id", "version")
    paid = rows.filter(pl.len().over("record_id") == 2, pl.col("left_on").is_null().all().over("record_id"))
    before, after = paid.filter(pl.col("version") == 1), paid.filter(pl.col("version") == 2)
    assert before.height > 20
    assert (before["paid_fen"] < after["paid_fen"]).all()
    assert (after["paid_fen"] == after["subscribed_fen"]).all()


def test_those_who_live_on_borrowed_money_pay_in_less(town: Shard) -> None:
    held = first(shareholders(town)).filter(pl.col("subscribed_fen") > 0)
    paid = held["paid_fen"].to_numpy() / held["subscribed_fen"].to_numpy()
    leverage = town.latent.leverage[held["entity"].to_numpy()]
    assert paid[leverage > 0].mean() < paid[leverage <= 0].mean() - 0.05


def test_no_person_holds_by_name(shard: Shard) -> None:
    held = shareholders(shard)
    assert held.filter(pl.col("holder_type") == "自然人", pl.col("holder_name").is_not_null()).is_empty()
    assert held.filter(pl.col("holder_type") == "企业")["holder_name"].is_not_null().any()
    assert set(SHAREHOLDER.own_columns) <= {*held.columns}


def test_sole_traders_have_an_operator_and_no_holders(shard: Shard) -> None:
    sole = np.flatnonzero(shard.firms.size == SOLE_TRADER)
    assert not shareholders(shard)["entity"].is_in(sole).any()
    assert set(officers(shard).filter(pl.col("entity").is_in(sole))["role"]) == {"法人"}


def test_the_legal_representative_is_the_registers(shard: Shard) -> None:
    registered = last(registrations(shard, registration_changes(shard))).select("entity", "legal_rep_hash")
    named = first(officers(shard)).filter(pl.col("role") == "法人").sort("appointed_on").group_by("entity").last()
    both = named.join(registered, on="entity")
    assert both.height == shard.firms.count
    assert (both["person_hash"] == both["legal_rep_hash"]).all()


def test_some_who_resigned_stay_open(town: Shard) -> None:
    legal = last(officers(town)).filter(pl.col("role") == "法人").sort("entity", "appointed_on")
    succeeded = legal.with_columns(follows=pl.col("entity") == pl.col("entity").shift(-1)).filter("follows")
    assert 0.05 < succeeded["resigned_on"].null_count() / succeeded.height < 0.3


def test_an_amended_report_says_how_many_work_there(town: Shard) -> None:
    reports = annual_reports(town)
    amended = reports.filter(pl.col("version") == 2)
    before = reports.filter(pl.col("version") == 1).join(amended, on="record_id", how="semi")
    assert before.height == amended.height > 0
    assert before["headcount"].null_count() == before.height
    assert amended["headcount"].null_count() < 0.1 * amended.height
    assert (amended["learned_on"] > amended["filed_on"]).all()


def test_a_report_is_filed_within_its_half_year_or_late(town: Shard) -> None:
    reports = annual_reports(town)
    assert (reports["filed_on"] > reports["event_date"]).all()
    in_time = reports.filter(pl.col("late_days") == 0)
    assert in_time["filed_on"].dt.month().max() == 6
    assert 0.0 < 1 - in_time.height / reports.height < 0.1
    june = in_time.filter(pl.col("filed_on").dt.month() == 6).height
    assert june > 0.2 * in_time.height


def test_the_indebted_owe_more_and_the_able_earn_more(town: Shard) -> None:
    reports = annual_reports(town).filter(pl.col("assets_fen") > 0, pl.col("revenue_fen") > 0)
    owed = (reports["liabilities_fen"] / reports["assets_fen"]).to_numpy()
    margin = (reports["net_profit_fen"] / reports["revenue_fen"]).to_numpy()
    firm = reports["entity"].to_numpy()
    assert 0.1 < np.corrcoef(owed, town.latent.leverage[firm])[0, 1] < 0.6
    assert 0.05 < np.corrcoef(margin, town.latent.quality[firm])[0, 1] < 0.5


def test_many_small_firms_report_zeros(town: Shard) -> None:
    reports = annual_reports(town).filter(~pl.Series(town.firms.dormant[annual_reports(town)["entity"].to_numpy()]))
    small = reports.filter(pl.Series(town.firms.size[reports["entity"].to_numpy()] <= 1))
    zeros = (small["revenue_fen"] == 0).mean()
    assert isinstance(zeros, float)
    assert 0.2 < zeros < 0.35


def test_who_skips_is_listed_in_july_and_removed_by_reporting(town: Shard) -> None:
    listed = last(abnormal_listings(town)).filter(pl.col("reason") == "未年报")
    assert listed.height > 200
    assert listed["listed_on"].dt.month().is_in([7]).all()
    reports = annual_reports(town).select("entity", removed_on="filed_on")
    removed = listed.filter(pl.col("removed_on").is_not_null())
    assert removed.join(reports, on=["entity", "removed_on"], how="anti").is_empty()
    assert 0 < listed.filter(pl.col("removal_reason").is_not_null())["removed_on"].null_count() < removed.height


def test_strain_and_carelessness_bring_firms_onto_the_list(town: Shard) -> None:
    listed = first(abnormal_listings(town))
    integrity = mean_of(listed.filter(pl.col("reason") == "未年报"), town.latent.integrity)
    stress = town.latent.stress.mean(axis=1)
    assert integrity < -0.15
    assert mean_of(listed.filter(pl.col("reason") == "失联"), stress) > stress.mean() + 0.15


def test_the_serious_list_asks_for_integrity_only(town: Shard) -> None:
    listed = first(serious_violations(town))
    assert listed.height > 20
    assert mean_of(listed, town.latent.integrity) < -0.2
    assert listed.select("entity", "listed_on", "listed_by").is_unique().all()


def test_endings_are_the_registers(town: Shard) -> None:
    ended = deregistrations(town)
    register = registrations(town, registration_changes(town)).filter(pl.col("status").is_in(["注销", "吊销"]))
    both = ended.join(register.select("entity", "status", "learned_on"), on="entity", suffix="_register")
    assert both.height == ended.height > 100
    assert (both["kind"] == both["status"]).all()
    assert (both["event_date"] == both["learned_on_register"]).all()
    assert ended.filter(pl.col("ended_on").is_null())["kind"].unique().to_list() in ([], ["吊销"])


def test_what_inspectors_find_follows_from_integrity(town: Shard) -> None:
    found = inspections(town)
    bad = found.filter(pl.col("result").is_in(["责改", "违法"]))
    normal = found.filter(pl.col("result") == "正常")
    assert normal.height > 0.75 * found.height
    assert mean_of(bad, town.latent.integrity) < mean_of(normal, town.latent.integrity) - 0.15
    assert found.filter(pl.col("result").is_null())["result_text"].null_count() == 0


@pytest.mark.parametrize("stated", [equity_pledges, movable_securities], ids=["F10", "F11"])
def test_the_strained_and_indebted_give_security(town: Shard, stated: object) -> None:
    assert callable(stated)
    given = first(stated(town))
    stress = town.latent.stress.mean(axis=1)
    assert given.height > 100
    assert mean_of(given, stress) > stress.mean() + 0.1
    assert mean_of(given, town.latent.leverage) > 0.05
    assert set(given["status"]) == {"有效"}


def test_a_complaint_is_closed_later_and_names_its_shop(town: Shard) -> None:
    rows = complaints(town)
    made, told = first(rows), rows.filter(pl.col("version") == 2)
    assert made["closed_on"].null_count() == made.height
    assert (told["days_to_close"] == (told["closed_on"] - told["filed_on"]).dt.total_days()).all()
    assert 0.3 < made["uscc"].null_count() / made.height < 0.5
    coded = made.filter(pl.col("uscc").is_not_null())
    assert (coded["shop_name"] == town.identities.name.gather(coded["entity"].to_numpy())).all()


def test_poor_quality_draws_complaints(town: Shard) -> None:
    made = first(complaints(town))
    weight = np.bincount(made["entity"].to_numpy(), minlength=town.firms.count)
    assert weight[town.latent.quality < 0].mean() > 1.15 * weight[town.latent.quality >= 0].mean()
