"""Tax, labour, customs and public money: records answer to the hidden state as they should, and hang together."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from features.sources.city.fiscal.customs_grade import customs_grades
from features.sources.city.fiscal.events import case_numbers, struck
from features.sources.city.fiscal.export_refund import export_refunds
from features.sources.city.fiscal.feeds import BEFORE_DEFAULT
from features.sources.city.fiscal.financial_statement import financial_statements
from features.sources.city.fiscal.housing_fund import housing_fund
from features.sources.city.fiscal.insurance_arrears import insurance_arrears
from features.sources.city.fiscal.labour_dispute import labour_disputes
from features.sources.city.fiscal.payment_complaint import payment_complaints
from features.sources.city.fiscal.procurement import procurements
from features.sources.city.fiscal.subsidy import subsidies
from features.sources.city.fiscal.tax_registration import tax_registrations
from features.sources.city.fiscal.tax_violation import tax_violations
from features.sources.city.fiscal.trade_month import trade_months
from features.sources.city.population import NEVER, SOLE_TRADER
from features.sources.city.shard import Shard
from features.sources.city.social_insurance import social_insurance
from tests.factories.cities import drawn_shard, other_parameters

KEYS = ["entity", "period"]


@pytest.fixture(scope="module")
def shard() -> Shard:
    """Enough enterprises for rare events."""
    return drawn_shard(3_000)


def first(statements: pl.DataFrame) -> pl.DataFrame:
    return statements.filter(pl.col("version") == 1)


def strain(shard: Shard, statements: pl.DataFrame) -> np.ndarray:
    """The mean stress over its life of each statement's enterprise, less that of those in business."""
    mean = (shard.latent.stress * shard.active).sum(axis=1) / np.maximum(shard.active.sum(axis=1), 1)
    weights = shard.active.sum(axis=1)
    return (mean - np.average(mean, weights=weights))[statements["entity"].to_numpy()]


def trait(values: np.ndarray, shard: Shard, statements: pl.DataFrame) -> float:
    """The mean of a fixed trait over statements, less that over the months firms were in business."""
    usual = np.average(values, weights=shard.active.sum(axis=1))
    return float(values[statements["entity"].to_numpy()].mean() - usual)


@pytest.mark.parametrize("feed", BEFORE_DEFAULT)
def test_a_record_has_one_first_version_and_no_two_alike(shard: Shard, feed: str) -> None:
    stated = BEFORE_DEFAULT[feed](shard)
    assert stated.height > 30
    assert stated.select("record_id", "version").is_unique().all()
    assert stated.filter(pl.col("version") > 1)["record_id"].is_in(first(stated)["record_id"].implode()).all()


@pytest.mark.parametrize("feed", BEFORE_DEFAULT)
def test_one_enterprise_alone_can_leave_no_record(feed: str) -> None:
    alone = BEFORE_DEFAULT[feed](drawn_shard(1))
    assert alone.schema == BEFORE_DEFAULT[feed](drawn_shard(40)).schema


def test_a_taxpayer_begins_in_normal_state_and_ends_cancelled(shard: Shard) -> None:
    states = first(tax_registrations(shard)).sort("entity", "event_date", "record_id")
    assert set(states["state"]) == {"正常", "非正常", "停业", "注销"}
    gone = states.filter(pl.col("state") == "注销")["entity"]
    assert (shard.firms.left[gone.to_numpy()] < NEVER).all()
    abnormal = states.filter(pl.col("state") == "非正常")
    assert strain(shard, abnormal).mean() > 0.1
    suspended = states.filter(pl.col("state") == "停业")["entity"].to_numpy()
    assert (shard.firms.size[suspended] == SOLE_TRADER).all()


def test_a_rebuilt_state_begins_on_the_day_of_the_merger(shard: Shard) -> None:
    second = tax_registrations(shard).filter(pl.col("version") == 2)
    assert second.height > 20
    assert set(second["begins_on"]) == {date(2018, 7, 5)}
    assert (second["event_date"] == second["begins_on"]).all()


def test_tax_violations_follow_integrity(shard: Shard) -> None:
    found = tax_violations(shard)
    assert trait(shard.latent.integrity, shard, found) < -0.3
    assert 0 < found["major"].mean() < 0.1  # type: ignore[operator]


def test_only_exports_are_refunded(shard: Shard) -> None:
    exports = trade_months(shard).filter(pl.col("direction") == "出口")
    refunds = export_refunds(shard)
    assert refunds.join(exports, on=KEYS, how="anti").is_empty()
    assert 0.8 < refunds.height / exports.height < 1


def test_an_agent_declares_without_a_value(shard: Shard) -> None:
    trade = trade_months(shard)
    assert (trade["declarations"] >= 1).all()
    assert 0 < (trade["amount_usd_cents"] == 0).mean() < 0.15  # type: ignore[operator]


def test_statements_add_up_but_for_a_few(shard: Shard) -> None:
    sheet = financial_statements(shard)
    parts = pl.col("current_assets_fen") + pl.col("noncurrent_assets_fen") - pl.col("assets_fen")
    owed = pl.col("current_liabilities_fen") + pl.col("long_debt_fen") - pl.col("liabilities_fen")
    gap = (pl.col("assets_fen") - pl.col("liabilities_fen") - pl.col("equity_fen")).abs()
    checks = sheet.select(parts=parts.abs().max(), owed=owed.abs().max(), unbalanced=(gap > 5).mean())
    assert checks["parts"].item() <= 5
    assert checks["owed"].item() <= 5
    assert checks["unbalanced"].item() == pytest.approx(0.04, abs=0.01)
    profit = pl.col("profit_fen") - pl.col("income_tax_fen") - pl.col("net_profit_fen")
    assert sheet.select(profit.abs().max()).item() <= 5


def test_strained_companies_show_more_debt_and_less_cash(shard: Shard) -> None:
    sheet = financial_statements(shard).filter(pl.col("assets_fen") > 0)
    assert set(sheet["period"].dt.month()) == {3, 6, 9, 12}
    tense = pl.Series(strain(shard, sheet) > 0)
    debt = (sheet["liabilities_fen"] / sheet["assets_fen"]).to_frame("debt").with_columns(tense=tense)
    cash = (sheet["cash_fen"] / sheet["current_assets_fen"]).to_frame("cash").with_columns(tense=tense)
    assert debt.filter("tense")["debt"].mean() > debt.filter(~pl.col("tense"))["debt"].mean() + 0.03  # type: ignore[operator]
    assert cash.filter("tense")["cash"].mean() < cash.filter(~pl.col("tense"))["cash"].mean() - 0.01  # type: ignore[operator]


def test_who_files_what(shard: Shard) -> None:
    sheet = financial_statements(shard)
    entity = sheet["entity"].to_numpy()
    traders = shard.firms.size[entity] == SOLE_TRADER
    assert 0 < traders.mean() < 0.5
    assert not shard.firms.dormant[entity[traders]].any()
    dormant = sheet.filter(pl.Series(shard.firms.dormant[entity]))
    assert dormant.height > 0
    assert (dormant["assets_fen"] == 0).all()


def test_a_statement_filed_again_says_what_went_into_research(shard: Shard) -> None:
    sheet = financial_statements(shard)
    again = sheet.filter(pl.col("version") == 2)
    before = sheet.filter(pl.col("version") == 1).join(again, on="record_id", how="semi")
    assert before.height == again.height > 0
    assert before["research_fen"].null_count() == before.height
    assert again["research_fen"].null_count() == 0
    assert (again["learned_on"] > again["event_date"]).all()


def test_arrears_of_contributions_come_with_strain_to_employers_only(shard: Shard) -> None:
    owed = first(insurance_arrears(shard))
    assert shard.firms.insured[owed["entity"].to_numpy()].all()
    assert strain(shard, owed).mean() > 0.2
    assert owed["cleared_on"].null_count() == owed.height
    assert (owed["period"] < owed["struck_on"]).all()


def test_fund_members_are_among_the_insured(shard: Shard) -> None:
    fund = housing_fund(shard)
    both = fund.join(social_insurance(shard), on=KEYS)
    assert both.height == fund.height
    assert (both["members"] <= both["insured_n"]).all()


def test_a_missed_deposit_is_made_good_by_the_next_payment(shard: Shard) -> None:
    fund = housing_fund(shard).sort("entity", "period").filter(pl.col("members") > 0)
    missed = fund["arrears_months"] > 0
    assert 0.02 < missed.mean() < 0.2  # type: ignore[operator]
    assert (fund.filter(missed)["paid_fen"] == 0).all()
    before = pl.col("arrears_months").shift(1).over("entity")
    next_month = pl.col("period").shift(1).over("entity").dt.offset_by("1d").dt.month_end() == pl.col("period")
    again = fund.with_columns(before=before).filter(
        next_month & (pl.col("arrears_months") == 0) & (pl.col("before") == 2)
    )
    assert again.height > 0
    assert (again["paid_fen"] / again["base_total_fen"]).to_list() == pytest.approx([0.3] * again.height, rel=1e-3)


def test_an_account_without_a_code_stays_so_and_bears_no_name_of_its_firm(shard: Shard) -> None:
    fund = housing_fund(shard)
    uncoded = fund.filter(pl.col("uscc").is_null())
    assert 0 < uncoded["account_no"].n_unique() / fund["account_no"].n_unique() < 0.08
    assert not uncoded["account_no"].is_in(fund.filter(pl.col("uscc").is_not_null())["account_no"].implode()).any()
    assert uncoded["name"].str.starts_with("公积金单位").all()


def test_a_dispute_has_a_result_when_it_is_closed(shard: Shard) -> None:
    disputes = labour_disputes(shard)
    assert (disputes["result"].is_null() == disputes["closed_on"].is_null()).all()
    assert first(disputes)["closed_on"].null_count() == first(disputes).height
    assert strain(shard, first(disputes)).mean() > 0.1
    builders = first(disputes).filter(pl.col("party") == "承包单位")["entity"].to_numpy()
    assert set(np.array(list(shard.parameters.sections))[shard.firms.section[builders]]) == {"E"}


def test_customs_certify_quality_and_list_want_of_integrity(shard: Shard) -> None:
    grades = customs_grades(shard)
    assert trait(shard.latent.quality, shard, first(grades).filter(pl.col("grade") == "高级认证")) > 0.1
    ended = grades.filter(pl.col("version") == 2)
    assert ended["grade"].is_in(["高级认证", "失信"]).all()
    assert (ended["learned_on"] == ended["ends_on"]).all()
    assert first(grades)["ends_on"].null_count() == first(grades).height


def test_public_money_goes_to_quality(shard: Shard) -> None:
    assert trait(shard.latent.quality, shard, first(subsidies(shard))) > 0.2
    bids = procurements(shard)
    won, lost = bids.filter(pl.col("role") == "中标"), bids.filter(pl.col("role") == "投标")
    quality = shard.latent.quality
    assert quality[won["entity"].to_numpy()].mean() > quality[lost["entity"].to_numpy()].mean()
    assert won["amount_fen"].null_count() == 0 < lost["amount_fen"].null_count()


def test_a_complaint_is_accepted_before_it_is_settled(shard: Shard) -> None:
    complaints = payment_complaints(shard)
    assert set(first(complaints)["state"]) == {"受理"}
    assert "受理" not in set(complaints.filter(pl.col("version") == 2)["state"])
    assert set(complaints["role"]) == {"投诉人", "被投诉人"}


def test_what_is_parameterised_can_be_turned_off(tmp_path_factory: pytest.TempPathFactory) -> None:
    calm = other_parameters(
        tmp_path_factory.mktemp("calm"), fiscal={"tax_violation": {"rate": 0.0}, "housing_fund": {"uncoded_share": 0.0}}
    )
    shard = drawn_shard(200, parameters=calm)
    assert tax_violations(shard).is_empty()
    assert housing_fund(shard)["uscc"].null_count() == 0


def test_events_strike_only_where_they_can() -> None:
    possible = np.zeros((50, 40), dtype=np.bool_)
    possible[7] = True
    firm, month = struck(possible, 0.2, np.random.default_rng(1))
    assert set(firm) == {7}
    assert len(set(month)) == len(month)


def test_case_numbers_name_the_year_and_differ_between_firms(shard: Shard) -> None:
    happened = np.full(2, 18_000)
    numbers = case_numbers("深税稽", happened, np.array([3, 4]), shard, np.random.default_rng(1))
    assert numbers.n_unique() == 2
    assert numbers.str.starts_with("深税稽〔2019〕").all()
