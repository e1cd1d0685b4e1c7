"""Feed by feed: records answer to the hidden state as they should, and hang together."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from bureau.uscc import is_uscc
from features.sources.city.cases import LOAN_DISPUTE
from features.sources.city.counterparties import counterparties
from features.sources.city.identity import keyed_hashes, legacy_numbers, organisation_bodies
from features.sources.city.invoices import invoice_months
from features.sources.city.outcomes import delivered
from features.sources.city.penalties import penalties
from features.sources.city.power import electricity
from features.sources.city.registration import registration_changes, registrations
from features.sources.city.rows import days, fen, later, settle
from features.sources.city.shard import Shard
from features.sources.city.social_insurance import social_insurance
from features.sources.city.tax_declarations import tax_declarations
from features.sources.city.tax_records import tax_arrears, tax_grades
from features.sources.city.trade import trade_sides
from features.sources.city.truth import read_truth


def strain(shard: Shard, statements: pl.DataFrame) -> np.ndarray:
    """The mean stress of each statement's enterprise over its open months."""
    total, months = (shard.latent.stress * shard.delivered).sum(axis=1), shard.delivered.sum(axis=1)
    return (total / np.maximum(months, 1))[statements["entity"].to_numpy()]


def halves(shard: Shard, statements: pl.DataFrame, value: str | pl.Expr) -> tuple[float, float]:
    """The mean of a value over the rows of the less and of the more strained half of the enterprises."""
    expression = pl.col(value) if isinstance(value, str) else value
    rows = statements.with_columns(value=expression.cast(pl.Float64), strain=strain(shard, statements))
    middle = rows.unique("entity")["strain"].median()
    calm, tense = rows.filter(pl.col("strain") < middle), rows.filter(pl.col("strain") >= middle)
    return float(calm["value"].mean()), float(tense["value"].mean())  # type: ignore[arg-type]


def test_codes_are_valid_and_each_its_own(shard: Shard) -> None:
    codes = shard.identities.uscc
    assert codes.is_unique().all()
    assert all(is_uscc(code) for code in codes)
    assert set(codes.str.slice(2, 6)) <= {str(division) for division in range(440303, 440312)}


def test_a_city_of_four_millions_has_distinct_codes() -> None:
    far = np.array([0, 1, 2, 3_999_998, 3_999_999])
    assert len(np.unique(organisation_bodies(far, seed=1), axis=0)) == len(far)


def test_the_legacy_number_ends_in_its_check_digit() -> None:
    assert legacy_numbers(np.array([[1, 1, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]])).to_list() == ["110108000000016"]


def test_a_person_is_the_same_hash_only_within_a_city() -> None:
    here, there = keyed_hashes("person", np.array([5]), 1), keyed_hashes("person", np.array([5]), 2)
    assert here[0] != there[0]
    assert here[0] == keyed_hashes("person", np.array([5]), 1)[0]
    assert here[0] != keyed_hashes("loan", np.array([5]), 1)[0]


def test_a_registration_has_a_version_for_each_change_it_shows(shard: Shard) -> None:
    changes = registration_changes(shard)
    history = registrations(shard, changes)
    shown = changes.filter(pl.col("item").is_in(["名称", "住所", "法人", "资本"]))
    gone = (shard.firms.left < 10_000).sum()
    assert history.height == shard.firms.count + shown.height + gone
    assert history.filter(pl.col("version") == 1)["status"].unique().to_list() == ["存续"]
    last = history.sort("entity", "version").group_by("entity", maintain_order=True).last()
    assert last["status"].is_in(["注销", "吊销"]).sum() == gone


def test_a_change_starts_from_the_value_before_it(shard: Shard) -> None:
    moves = registration_changes(shard).filter(pl.col("item") == "住所").sort("entity", "learned_on")
    again = moves.filter(pl.col("entity") == pl.col("entity").shift(1))
    previous = moves.with_columns(was=pl.col("after").shift(1)).filter(pl.col("entity") == pl.col("entity").shift(1))
    assert again.height > 5
    assert (previous["before"] == previous["was"]).all()
    firsts = moves.unique("entity", keep="first", maintain_order=True)
    assert (firsts["before"] == shard.identities.address.gather(firsts["entity"].to_numpy())).all()


def test_invoices_hang_together(shard: Shard) -> None:
    months = invoice_months(shard, trade_sides(shard))
    assert (months["top5_bp"] >= months["top1_bp"]).all()
    assert (months["red_fen"] <= 0).all()
    assert ((months["n_red"] == 0) == (months["red_fen"] == 0)).all()
    assert (months["n_counterparty"] <= months["n"] + months["n_red"]).all()
    assert months.select("entity", "period", "side").is_unique().all()


def test_counterparties_are_ranked_by_share_within_the_quarter(shard: Shard) -> None:
    ranked = counterparties(shard, trade_sides(shard)).sort("entity", "quarter", "side", "rank")
    quarters = ranked.group_by("entity", "quarter", "side", maintain_order=True)
    assert quarters.agg(falling=(pl.col("share_bp").diff().fill_null(0) <= 0).all())["falling"].all()
    assert (quarters.agg(pl.sum("share_bp"))["share_bp"] <= 10_000).all()
    assert quarters.agg(own=pl.col("cp_hash").is_unique().all())["own"].all()


def test_strained_taxpayers_are_late_and_owe(shard: Shard) -> None:
    declared = tax_declarations(shard).filter(pl.col("version") == 1)
    calm, tense = halves(shard, declared, "late_days")
    assert tense > 1.2 * calm
    assert (declared["paid_fen"] <= declared["payable_fen"]).all()
    assert ((declared["declared_on"] - declared["period"]).dt.total_days() >= 7).all()


def test_a_tax_paid_later_is_paid_in_a_second_version(shard: Shard) -> None:
    versions = tax_declarations(shard)
    second = versions.filter(pl.col("version") == 2)
    first = versions.filter(pl.col("version") == 1).join(second.select("record_id"), on="record_id", how="semi")
    assert second.height > 50
    assert (first["paid_fen"] == 0).all()
    assert first["paid_on"].null_count() == first.height
    assert (second["paid_fen"] == second["payable_fen"]).all()
    assert (second["learned_on"] == second["paid_on"]).all()


def test_small_taxpayers_declare_by_the_quarter(shard: Shard) -> None:
    declared = tax_declarations(shard).filter((pl.col("tax_kind") == "增值税") & (pl.col("version") == 1))
    small = declared.filter(pl.Series(shard.firms.size[declared["entity"].to_numpy()] < 2))
    assert set(small["period"].dt.month()) == {3, 6, 9, 12}
    assert set(declared["period"].dt.month()) == set(range(1, 13))


def test_strain_lowers_the_grade_and_raises_arrears(shard: Shard) -> None:
    calm, tense = halves(shard, tax_grades(shard), "score")
    assert tense < calm - 1
    arrears = tax_arrears(shard).filter(pl.col("version") == 1)
    assert (strain(shard, arrears) > np.nanmedian(strain(shard, tax_grades(shard)))).mean() > 0.6


def test_grades_and_scores_agree(shard: Shard) -> None:
    grades = tax_grades(shard)
    assert grades.filter(pl.col("grade") == "A")["score"].min() >= 90  # type: ignore[operator]
    assert grades.filter(pl.col("grade") == "D")["score"].max() < 40  # type: ignore[operator]
    assert (grades["event_date"].dt.year() == grades["year"]).all()


def test_staff_adds_up_month_by_month(shard: Shard) -> None:
    staff = social_insurance(shard).sort("entity", "period")
    follows = (pl.col("entity") == pl.col("entity").shift(1)) & (
        pl.col("period") == pl.col("period").shift(1).dt.offset_by("1d").dt.month_end()
    )
    expected = pl.col("insured_n").shift(1) + pl.col("new_n") - pl.col("left_n")
    checked = staff.with_columns(expected=expected, follows=follows).filter("follows")
    assert checked.height > 1000
    assert (checked["insured_n"] == checked["expected"]).all()


def test_strained_firms_use_less_power_for_their_size_and_pay_late(shard: Shard) -> None:
    power = electricity(shard).filter(pl.col("version") == 1)
    assert power.select("meter_no", "period").is_unique().all()
    calm, tense = halves(shard, power, pl.col("paid_on").is_null())
    assert tense > calm


def test_penalties_do_not_ask_for_stress(shard: Shard) -> None:
    fined = penalties(shard).filter(pl.col("version") == 1)
    integrity = shard.latent.integrity[fined["entity"].to_numpy()]
    assert integrity.mean() < shard.latent.integrity.mean() - 0.2


def test_cases_about_loans_follow_default(village: Path) -> None:
    defaulted = read_truth(village / "truth", "enterprises").select("uscc", "defaulted").drop_nulls()
    cases = delivered(village, "F26").filter(pl.col("cause") == LOAN_DISPUTE, pl.col("uscc").is_not_null())
    both = cases.join(defaulted, on="uscc")
    assert both.height == cases.height > 0
    assert (both["filed_on"] > both["defaulted"]).all()


def test_a_listing_has_an_enforcement_before_it(village: Path) -> None:
    listed, enforced = delivered(village, "F28"), delivered(village, "F27")
    both = listed.unique("record_id").join(enforced.unique("record_id"), on="case_no")
    assert both.height > 0
    assert (both["published_on"] > both["filed_on"]).all()


def test_money_is_rounded_to_the_fen() -> None:
    assert fen(np.array([0.005, 0.014, 12.345])).to_list() == [0, 1, 1234]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_days_are_empty_where_nothing_happened(count: int) -> None:
    shown = np.arange(count) % 2 == 0
    assert days(np.arange(count), shown).is_not_null().to_list() == shown.tolist()


@pytest.fixture
def stated() -> pl.DataFrame:
    rows = {"record_id": ["a", "b"], "learned_on": [10, 10], "on": [20, None], "outcome": ["won", "won"]}
    return pl.DataFrame(rows).with_columns(op=pl.lit("I"), version=pl.lit(1, dtype=pl.Int32))


def test_an_outcome_is_told_when_it_is_learned(stated: pl.DataFrame) -> None:
    settled = settle(stated, on="on", unknown_before={"outcome": pl.lit(None, dtype=pl.String)})
    assert settled.select("record_id", "op", "version", "learned_on", "outcome").rows() == [
        ("a", "I", 1, 10, None),
        ("b", "I", 1, 10, None),
        ("a", "U", 2, 20, "won"),
    ]


def test_a_withdrawal_is_the_version_it_is_told_to_be(stated: pl.DataFrame) -> None:
    gone = later(stated, on="on", op="D", versions=2)
    assert gone.select("record_id", "op", "version", "learned_on").rows() == [("a", "D", 3, 20)]
