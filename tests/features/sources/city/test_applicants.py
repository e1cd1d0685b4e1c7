"""Everyone who asked in the small city, with how a loan would have gone."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from features.sources.city.applicants import read_applicants
from features.sources.city.manifest import TRUTH
from features.sources.city.truth import read_truth


@pytest.fixture(scope="module")
def asked(village: Path) -> pl.DataFrame:
    return read_applicants(village)


def test_every_granted_loan_whose_year_is_over_is_there(village: Path, asked: pl.DataFrame) -> None:
    """All but those that nobody granted in the end, because the firm had stopped paying."""
    loans = read_truth(village / TRUTH, "loans").filter(pl.col("granted_on") <= date(2022, 5, 31))
    assert asked["granted"].sum() == loans.height
    assert asked["as_of"].max() == date(2022, 4, 30)


def test_who_has_stopped_paying_is_no_applicant(village: Path, asked: pl.DataFrame) -> None:
    ends = read_truth(village / TRUTH, "enterprises").select(subject="uscc", defaulted="defaulted")
    failed = asked.join(ends, on="subject").drop_nulls("defaulted")
    assert failed.height > 0
    assert (failed["as_of"] < failed["defaulted"]).all()


def test_the_probability_of_a_granted_loan_is_the_truths(village: Path, asked: pl.DataFrame) -> None:
    """Of loans that run their whole year: those repaid before are at risk for less of it."""
    loans = read_truth(village / TRUTH, "loans").select(
        "probability", subject="uscc", as_of=pl.col("granted_on").dt.month_start().dt.offset_by("-1d")
    )
    both = asked.filter("granted").join(loans, on=["subject", "as_of"], suffix="_of_loan")
    assert both.height > 100
    equal = (both["probability"] - both["probability_of_loan"]).abs() < 1e-12
    assert equal.sum() > 0.9 * both.height
    assert (both["probability"] >= both["probability_of_loan"] - 1e-12).all()


def test_refused_applicants_are_riskier(asked: pl.DataFrame) -> None:
    mean = dict(asked.group_by("granted").agg(pl.col("probability").mean()).iter_rows())
    assert mean[False] > mean[True] > 0
    assert np.isfinite(asked["weight"].to_numpy()).all()
