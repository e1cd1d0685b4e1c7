"""What the banks report: days past due that grow, balances that end, and the backfill of banks that joined later."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from features.sources.city.outcomes import delivered, matured_loans
from features.sources.city.parameters import load_parameters
from features.sources.city.truth import read_truth


@pytest.fixture(scope="module")
def rows(village: Path) -> pl.DataFrame:
    """F60 without repetitions and without the truth's firms whose code was mistyped."""
    return delivered(village, "F60").unique().sort("loan_no_hash", "period")


def test_each_loan_is_reported_every_month_from_its_grant(rows: pl.DataFrame) -> None:
    early = rows.filter(pl.col("granted_on") < date(2021, 1, 1)).group_by("loan_no_hash").agg(
        months=pl.col("period").n_unique(),
        first=pl.min("period") == pl.col("granted_on").min().dt.month_end(),
        span=(pl.max("period").dt.year() - pl.min("period").dt.year()) * 12
        + pl.max("period").dt.month().cast(pl.Int32)
        - pl.min("period").dt.month().cast(pl.Int32),
    )  # fmt: skip
    whole = early.filter("first")
    assert whole.height > 0.9 * early.height
    assert (whole["months"] <= whole["span"] + 1).all()
    assert (whole["months"] == whole["span"] + 1).mean() > 0.6


def test_ninety_days_are_reached_in_the_month_the_truth_names(village: Path, rows: pl.DataFrame) -> None:
    truth = read_truth(village / "truth", "enterprises").select("uscc", "defaulted").drop_nulls()
    first = rows.filter(pl.col("dpd") >= 90).group_by("uscc").agg(pl.min("period"))
    both = truth.join(first, on="uscc")
    assert both.height >= 5
    assert (both["period"] >= both["defaulted"]).all()
    assert (both["period"] == both["defaulted"]).mean() > 0.8


def test_short_delays_are_made_good(rows: pl.DataFrame) -> None:
    short = rows.filter((pl.col("dpd") > 0) & (pl.col("dpd") < 30))
    assert short.height > 20
    assert rows.filter(pl.col("dpd").is_between(1, 89))["class5"].unique().to_list() == ["关注"]


def test_days_past_due_and_class_agree(rows: pl.DataFrame) -> None:
    bounds = {"正常": (0, 0), "关注": (1, 90), "次级": (91, 180), "可疑": (181, 360), "损失": (361, 10_000)}
    for name, (low, high) in bounds.items():
        assert rows.filter(pl.col("class5") == name)["dpd"].is_between(low, high).all()


def test_a_repaid_loan_ends_with_nothing_owed(rows: pl.DataFrame) -> None:
    old = rows.filter(pl.col("granted_on") < date(2020, 1, 1))
    last = old.group_by("loan_no_hash").agg(pl.col("balance_fen", "dpd").sort_by("period").last())
    good = last.filter(pl.col("dpd") == 0)
    assert (good["balance_fen"] == 0).mean() > 0.98
    assert (last.filter(pl.col("dpd") > 90)["balance_fen"] > 0).all()


def test_banks_backfill_what_they_lent_before_they_joined(rows: pl.DataFrame) -> None:
    joined = load_parameters().loans.joined_between[0]
    old = rows.filter(pl.col("period") < date(2021, 6, 1))
    assert old.height > 1000
    assert (old["publish_date"] >= joined).mean() > 0.995  # a few are misdated


def test_the_weight_restores_the_mix_of_the_population(village: Path) -> None:
    borrowers = read_truth(village / "truth", "enterprises").filter("borrower")
    strata = load_parameters().sample.borrowers
    for size, stratum in strata.items():
        weights = borrowers.filter(pl.col("size") == size)["weight"].unique().to_list()
        assert weights == pytest.approx([stratum.population / stratum.sample] * len(weights))


def test_the_label_is_what_the_truth_says(village: Path) -> None:
    loans = matured_loans(village)
    truth = read_truth(village / "truth", "enterprises").select("uscc", "defaulted")
    joined = loans.join(truth, on="uscc", how="left")
    within = joined["defaulted"] <= joined["granted_on"].dt.offset_by("12mo")
    assert loans["bad"].sum() >= 5
    assert (joined["bad"] == within.fill_null(False)).mean() > 0.998
