"""Whom a model is watched on, in a small city: today's borrowers by weight, and loans by whole half-years."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.store.records import records
from models.monitoring.watched import borrowers, matured_loans, watched_firms
from models.sme_default.spec import QUESTION
from tests.factories.granted_loans import labelled_loans, quick_model

LAST_DAY = date(2023, 4, 30)
GRANT = operator_grant("training")


def test_whom_a_model_is_watched_on_counts_as_its_loans_do(city: Lake, tmp_path: Path) -> None:
    """The city draws more of some sizes than there are."""
    told = dict(records(city, "F60", LAST_DAY, GRANT).select("enterprise_id", "weight").iter_rows())
    borrowing = borrowers(city, LAST_DAY, GRANT)
    assert borrowing["weight"].n_unique() > 1
    assert dict(borrowing.iter_rows()) == pytest.approx({firm: told[firm] for firm in borrowing["enterprise_id"]})
    model = quick_model(labelled_loans())
    built = borrowing.select("enterprise_id", *(pl.lit(1.0).alias(name) for name in model.features))
    built.write_parquet(tmp_path / "built.parquet")
    firms = watched_firms(model, [tmp_path / "built.parquet"], borrowing[1:])
    assert firms.select("enterprise_id", "weight").sort("enterprise_id").equals(borrowing[1:])


def test_the_oldest_vintage_is_a_whole_half_year(city: Lake) -> None:
    loans = matured_loans(city, QUESTION, quick_model(labelled_loans()), LAST_DAY, GRANT)
    granted = QUESTION.read_labels(city, LAST_DAY, GRANT)["granted_on"]
    first = granted.filter(granted.is_between(date(2020, 1, 1), date(2020, 6, 30)))
    assert min(loans["vintage"]) == "2020 H1"
    assert (loans["vintage"] == "2020 H1").sum() == len(first)
