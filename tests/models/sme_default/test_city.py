"""A small synthetic city, delivered and landed: its honest features are not accused, what came after a default is."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from bureau.grant import operator_grant
from features.lake.lake import Lake
from features.store.records import records
from features.store.training_set import training_set
from models.columns import Columns
from models.evaluation import auc_interval
from models.question import read_for
from models.sme_default.spec import QUESTION, SPEC
from models.suspects import suspect_columns
from models.training import LABEL_COLUMNS
from tests.factories.granted_loans import labelled_loans, quick_model

COURTS = {"F26": "cases", "F27": "enforcements", "F28": "dishonest_listings"}
NAIVE_GAIN = 0.05
LAST_DAY = date(2023, 4, 30)
GRANT = operator_grant("training")


@pytest.fixture(scope="module")
def honest(city: Lake) -> pl.DataFrame:
    """Loans of the city with the features of the day before each grant."""
    return training_set(city, QUESTION.read_labels(city, LAST_DAY, GRANT), SPEC.features, GRANT).frame


def named(frame: pl.DataFrame) -> set[str]:
    found = suspect_columns(frame, "target", trusted=SPEC.features, ignore=LABEL_COLUMNS)
    return {suspect.column for suspect in found}


def test_the_city_has_loans_of_both_kinds(honest: pl.DataFrame) -> None:
    assert len(honest) > 2000
    assert 8 <= honest["target"].sum() < 0.1 * len(honest)


def test_honest_features_of_the_city_are_not_accused(honest: pl.DataFrame) -> None:
    assert named(honest) == set()


def test_what_the_bank_reported_later_is_named(city: Lake, honest: pl.DataFrame) -> None:
    later = (
        records(city, "F60", LAST_DAY, GRANT)
        .group_by(loan="loan_no_hash")
        .agg(
            worst_class=pl.col("class5").sort_by("dpd").last(),
            days_overdue=pl.col("dpd").max(),
            written_off_on=pl.col("period").filter(pl.col("class5") == "损失").min(),
        )
    )
    assert named(honest.join(later, on="loan", how="left")) == {"worst_class", "days_overdue", "written_off_on"}


def test_a_kept_model_is_read_for_as_it_was_trained_though_its_spec_has_changed(city: Lake) -> None:
    made = labelled_loans(600, rate=0.2)
    older = quick_model(made)
    columns = Columns(tuple(reversed(older.columns.columns[3:])))
    rows = read_for(QUESTION, replace(older, columns=columns), city, LAST_DAY, GRANT).rows
    assert rows.columns == columns
    assert rows.matrix.shape == (len(rows), len(SPEC.features) - 3)


def of_court(city: Lake, loans: pl.DataFrame, seen: pl.Expr) -> pl.DataFrame:
    """The loans with how many records of each court feed were seen of the borrower, and of all together."""
    for feed, name in COURTS.items():
        rows = records(city, feed, LAST_DAY, GRANT).select("event_date", "known_from", subject="uscc")
        joined = loans.select("loan", "subject", "as_of").join(rows, on="subject").filter(seen)
        counts = joined.group_by("loan").agg(pl.len().alias(name))
        loans = loans.join(counts, on="loan", how="left", maintain_order="left")
    counted = loans.with_columns(pl.col(*COURTS.values()).fill_null(0))
    return counted.with_columns(court_records=pl.sum_horizontal(*COURTS.values()))


def test_a_join_that_asks_no_day_gains_what_nobody_could_know_and_is_named(city: Lake, honest: pl.DataFrame) -> None:
    known_on = pl.from_epoch("known_from", "us").dt.date()
    naive = of_court(city, honest, pl.lit(True))
    dated = of_court(city, honest, (pl.col("event_date") <= pl.col("as_of")) & (known_on <= pl.col("as_of")))
    gained, lawful = (auc(frame["court_records"], frame["target"]) for frame in (naive, dated))
    assert gained - lawful >= NAIVE_GAIN
    assert {"cases", "court_records"} <= named(naive)
    assert named(dated) == set()


def auc(column: pl.Series, target: pl.Series) -> float:
    return auc_interval(column.cast(pl.Float64).to_numpy(), target.cast(pl.Float64).to_numpy()).value
