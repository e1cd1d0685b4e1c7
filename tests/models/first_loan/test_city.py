"""First loans of a small synthetic city: whose they are, what is read of them, and that nothing knows the outcome."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from bureau.errors import TooFewLabels
from bureau.grant import operator_grant
from features.definitions.library import find_feature
from features.lake.lake import Lake
from features.store.records import records
from features.store.training_set import training_set
from models.first_loan.spec import QUESTION, SPEC
from models.first_loan.train import train
from models.monitoring.watched import borrowers
from models.question import Question
from models.sme_default.spec import QUESTION as EVERY_LOAN
from models.suspects import suspect_columns
from models.training import LABEL_COLUMNS

LAST_DAY = date(2023, 4, 30)
GRANT = operator_grant("training")
OF_CREDIT = {"F10", "F11", "F27", "F28", "F29", "F60", "F61", "F62", "F62L"}
"""Pledges, enforcement and its lists, bank feedback, needs of finance, guarantees and guaranteed loans."""


@pytest.fixture(scope="module")
def labels(city: Lake) -> pl.DataFrame:
    return QUESTION.read_labels(city, LAST_DAY, GRANT)


def test_nobody_had_a_loan_on_the_day_asked(city: Lake, labels: pl.DataFrame) -> None:
    loans = records(city, "F60", LAST_DAY, GRANT).select("granted_on", subject="uscc").unique()
    before = labels.join(loans, on="subject").filter(pl.col("granted_on_right") <= pl.col("as_of"))
    assert before.is_empty()
    assert labels["subject"].n_unique() > 0.95 * len(labels)
    assert (labels["granted_on"] - labels["as_of"]).unique().to_list() == [timedelta(days=1)]


def test_they_are_a_part_of_all_loans_with_the_same_outcomes(city: Lake, labels: pl.DataFrame) -> None:
    every = EVERY_LOAN.read_labels(city, LAST_DAY, GRANT)
    assert 300 < len(labels) < len(every) / 2
    assert labels.join(every, on=labels.columns, how="anti").is_empty()
    assert labels["target"].sum() > 0


def test_later_loans_teach_a_fit_and_firms_are_numbered_alike(city: Lake, labels: pl.DataFrame) -> None:
    question = Question(replace(SPEC, features=SPEC.features[:3], least_to_train=1, least_to_judge=1))
    read = question.read(city, LAST_DAY, GRANT)
    assert read.others is not None
    assert read.frame["loan"].to_list() == labels["loan"].to_list()
    assert len(read.others.rows) + len(labels) == len(EVERY_LOAN.read_labels(city, LAST_DAY, GRANT))
    with_more = set(read.others.rows.firm.tolist())
    assert len(with_more & set(read.rows.firm.tolist())) > len(with_more) / 2


def test_no_history_of_credit_is_read() -> None:
    read = {code for name in SPEC.features for code in find_feature(name).feeds}
    assert not read & OF_CREDIT


def test_honest_features_are_not_accused(city: Lake, labels: pl.DataFrame) -> None:
    frame = training_set(city, labels, SPEC.features, GRANT).frame
    assert suspect_columns(frame, "target", trusted=SPEC.features, ignore=LABEL_COLUMNS) == []


def test_in_service_it_is_watched_on_those_who_borrowed_first_within_a_year(city: Lake) -> None:
    loans = records(city, "F60", LAST_DAY, GRANT).group_by("enterprise_id").agg(pl.col("granted_on").min())
    first = dict(loans.iter_rows())
    everybody = borrowers(city, LAST_DAY, GRANT)["enterprise_id"]
    new = borrowers(city, LAST_DAY, GRANT, new_within_months=12)["enterprise_id"]
    assert set(new) == {firm for firm in everybody if first[firm] > date(2022, 4, 30)}
    assert 0 < len(new) < len(everybody)


def test_a_city_with_too_few_defaults_is_told_so(city: Lake) -> None:
    with pytest.raises(TooFewLabels, match=r"needs at least 45 defaults to train on and this home has \d+\. Load more"):
        train(city, LAST_DAY, GRANT)
