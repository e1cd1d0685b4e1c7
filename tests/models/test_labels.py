"""Which loans are labels, and of which day: maturity, the horizon's ends, and loans nobody reported on."""

from datetime import date

import polars as pl
import pytest

from bureau.clock import known_before, to_micros
from models.labels import loan_labels, only_first, verdict_labels

DAY = date(2022, 12, 31)
HEARD = date(2023, 6, 30)
GRANTED = date(2021, 3, 15)


def feedback(
    *months: tuple[str, int],
    granted: date | None = GRANTED,
    balance: int = 100,
    heard: date = HEARD,
    **more: object,
) -> pl.DataFrame:
    """The monthly reports of one loan: (month end, days past due)."""
    row = {"uscc": "A", "loan_no_hash": "l1", "granted_on": granted, "balance_fen": balance, "weight": 2.0} | more
    rows = [row | {"period": date.fromisoformat(period), "dpd": dpd} for period, dpd in months]
    schema = {"granted_on": pl.Date, "period": pl.Date, "balance_fen": pl.Int64}
    frame = pl.DataFrame(rows, schema_overrides=schema)
    return frame.with_columns(publish_date=pl.col("period"), known_from=to_micros(known_before(heard)) - 1)


def target(reports: pl.DataFrame, day: date = DAY) -> float | None:
    labels = loan_labels(reports, day)
    return None if labels.is_empty() else labels["target"].item()


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        pytest.param([("2021-06-30", 90), ("2022-02-28", 0)], 1.0, id="90 days past due, later cured"),
        pytest.param([("2021-06-30", 89), ("2022-02-28", 0)], 0.0, id="89 days past due"),
        pytest.param([("2022-02-28", 90)], 1.0, id="the last month end of the year after the grant"),
        pytest.param([("2022-02-28", 60), ("2022-03-31", 91)], 0.0, id="a month too late"),
        pytest.param([("2021-09-30", 0)], None, id="no longer reported on, outcome unknown"),
        pytest.param([("2021-09-30", 120)], 1.0, id="default, then no longer reported on"),
    ],
)
def test_default_is_90_days_past_due_within_a_year(months: list[tuple[str, int]], expected: float | None) -> None:
    assert target(feedback(*months)) == expected


def test_a_loan_repaid_early_needs_no_more_reports() -> None:
    assert target(feedback(("2021-05-31", 0), balance=0)) == 0.0


@pytest.mark.parametrize(
    ("day", "known"),
    [
        pytest.param(date(2022, 4, 9), True, id="the last report was due by the day"),
        pytest.param(date(2022, 4, 8), False, id="a day before it was due"),
    ],
)
@pytest.mark.parametrize("dpd", [pytest.param(0, id="paying"), pytest.param(95, id="in default")])
def test_a_loan_counts_when_its_year_is_reported_whatever_its_outcome(day: date, known: bool, dpd: int) -> None:
    reports = feedback(("2021-08-31", dpd), ("2022-02-28", dpd))
    assert (target(reports, day) is not None) == known


@pytest.mark.parametrize("dpd", [pytest.param(0, id="paying"), pytest.param(95, id="in default")])
def test_a_year_after_the_last_feedback_is_not_a_year_of_good_news(dpd: int) -> None:
    silent = feedback(("2021-08-31", dpd), ("2022-02-28", dpd), heard=date(2022, 4, 8))
    assert target(silent) is None


def test_a_label_asks_the_day_before_the_grant_and_keeps_its_weight() -> None:
    (label,) = loan_labels(feedback(("2022-02-28", 0)), DAY).to_dicts()
    expected = {"subject": "A", "as_of": date(2021, 3, 14), "target": 0.0, "weight": 2.0, "loan": "l1"}
    assert label == expected | {"granted_on": GRANTED}


def test_loans_come_in_the_order_of_their_days() -> None:
    late = feedback(("2022-02-28", 0), loan_no_hash="l1")
    early = feedback(("2021-12-31", 0), granted=date(2021, 1, 4), loan_no_hash="l2")
    assert loan_labels(pl.concat([late, early]), DAY)["loan"].to_list() == ["l2", "l1"]


def test_a_verdict_without_days_is_asked_about_when_it_was_published() -> None:
    judged = [feedback(("2020-01-31", dpd), granted=None, uscc=code) for code, dpd in (("B", 90), ("A", 0))]
    verdicts = pl.concat([*judged, feedback(("2020-01-31", 0), uscc="C")])
    published = verdicts.with_columns(publish_date=pl.lit(date(2020, 2, 22)))
    labels = verdict_labels(published)
    assert labels["subject"].to_list() == ["A", "B"]
    assert labels["target"].to_list() == [0.0, 1.0]
    assert labels["as_of"].unique().to_list() == [date(2020, 2, 22)]
    assert loan_labels(published, DAY)["subject"].to_list() == []


def test_no_feedback_is_no_label() -> None:
    assert loan_labels(feedback(("2022-02-28", 0)).clear(), DAY).is_empty()
    assert verdict_labels(feedback(("2022-02-28", 0)).clear()).is_empty()


def first_loans(*reports: pl.DataFrame) -> list[str]:
    told = pl.concat(reports, how="diagonal_relaxed")
    return only_first(loan_labels(told, DAY), told)["loan"].to_list()


MATURE = feedback(("2022-02-28", 0))


@pytest.mark.parametrize(
    ("granted", "more", "expected"),
    [
        pytest.param(date(2021, 3, 16), {}, ["l1"], id="the second, a day later, is not the first"),
        pytest.param(GRANTED, {}, ["l1", "l2"], id="two of one day: on the day before there was none"),
        pytest.param(date(2021, 3, 14), {}, ["l2"], id="an earlier one comes first"),
        pytest.param(date(2021, 3, 16), {"uscc": "B"}, ["l1", "l2"], id="another firm's is no history of this one"),
    ],
)
def test_a_first_loan_has_none_before_it(granted: date, more: dict[str, str], expected: list[str]) -> None:
    other = feedback(("2022-02-28", 0), granted=granted, **{"loan_no_hash": "l2", **more})
    assert sorted(first_loans(MATURE, other)) == expected


def test_a_loan_without_a_known_outcome_is_history_too() -> None:
    unknown = feedback(("2020-06-30", 0), granted=date(2020, 3, 15), loan_no_hash="l0")
    assert first_loans(MATURE, unknown) == []


def test_a_firm_with_a_loan_of_no_known_day_has_no_known_history() -> None:
    assert first_loans(MATURE, feedback(("2020-06-30", 0), granted=None, loan_no_hash="l0")) == []
    assert first_loans(feedback(("2020-06-30", 0), granted=None)) == []
