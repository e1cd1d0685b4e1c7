"""Labels: how loans went, from the banks' monthly feedback (F60), for training only."""

from datetime import date, timedelta

import polars as pl

from bureau.clock import from_micros, shanghai_day
from bureau.grant import ReadGrant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.store.records import records

DEFAULT_DPD = 90
"""Days past due that count as default."""
HORIZON_MONTHS = 12
_READ = ("loan_no_hash", "uscc", "granted_on", "period", "dpd", "balance_fen", "weight", "known_from")
"""All that a label is made of: every column of a large city's feedback would take far more memory."""


def read_loans(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """The labels of all loans that have matured by a day."""
    return loan_labels(_feedback(lake, day, grant), day)


def read_first_loans(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """Of those, the loans of firms that had none before."""
    feedback = _feedback(lake, day, grant)
    return only_first(loan_labels(feedback, day), feedback)


def only_first(labels: pl.DataFrame, feedback: pl.DataFrame) -> pl.DataFrame:
    """The labels of loans granted on the first day on which their firm was granted any.

    A loan that has not matured is history too. A firm with a loan of which no day is known has an unknown history and
    drops out.
    """
    history = feedback.group_by(subject="uscc").agg(
        first=pl.col("granted_on").min(), dated=pl.col("granted_on").is_not_null().all()
    )
    known = labels.join(history, on="subject", maintain_order="left")
    return known.filter(pl.col("dated"), pl.col("granted_on") == pl.col("first")).drop("first", "dated")


def loan_labels(feedback: pl.DataFrame, day: date) -> pl.DataFrame:
    """One row per matured loan: subject, as_of, target, weight, loan, granted_on; by day, then loan.

    feedback: the visible records of F60 on `day`. Loans without a day of grant have no row.
    as_of: the day before the grant, which is the last a bank could have asked on.
    target: 1.0 where 90 days past due were reached within 12 months of the grant.
    A loan has matured when those months have passed and their feedback was due by `day`, or by the last day on which
    any feedback came, whatever its outcome: an early default of a young loan is left out with its young neighbours,
    or the young would all be bad. A loan that was no longer reported on, though it was neither repaid nor in
    default, has no known outcome.
    """
    loans = (
        feedback.filter(pl.col("granted_on").is_not_null())
        .group_by("loan_no_hash")
        .agg(
            pl.col("uscc", "granted_on", "weight").sort_by("period").last(),
            target=((pl.col("dpd") >= DEFAULT_DPD) & (pl.col("period") <= _horizon())).any(),
            reported_to=pl.col("period").max(),
            repaid=pl.col("balance_fen").sort_by("period").last() == 0,
        )
    )
    heard = min(day, _last_heard(feedback) or day)
    matured = loans.filter(_last_due() + timedelta(days=LOAN_FEEDBACK.deadline_days) <= heard)
    followed = matured.filter(
        pl.col("target") | pl.col("repaid").fill_null(False) | (pl.col("reported_to") >= _last_due())
    )
    return followed.select(
        subject="uscc",
        as_of=pl.col("granted_on") - timedelta(days=1),
        target=pl.col("target").cast(pl.Float64),
        weight="weight",
        loan="loan_no_hash",
        granted_on="granted_on",
    ).sort("as_of", "loan")


def verdict_labels(feedback: pl.DataFrame) -> pl.DataFrame:
    """One row per firm a bank has judged without naming days: subject, as_of, target, weight, loan; by subject.

    as_of: the day the verdict was published; the default lies somewhere before it.
    """
    undated = feedback.filter(pl.col("granted_on").is_null())
    return (
        undated.group_by("uscc")
        .agg(
            as_of=pl.col("publish_date").max(),
            target=(pl.col("dpd") >= DEFAULT_DPD).any().cast(pl.Float64),
            weight=pl.col("weight").sort_by("loan_no_hash").first(),
            loan=pl.col("loan_no_hash").min(),
        )
        .rename({"uscc": "subject"})
        .sort("subject")
    )


def _feedback(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    return records(lake, LOAN_FEEDBACK.code, day, grant, columns=_READ)


def _last_heard(feedback: pl.DataFrame) -> date | None:
    """The legal day on which the newest feedback became known; None where there is none."""
    newest = feedback["known_from"].max()
    return shanghai_day(from_micros(newest)) if isinstance(newest, int) else None


def _horizon() -> pl.Expr:
    """The day 12 months after the grant."""
    return pl.col("granted_on").dt.offset_by(f"{HORIZON_MONTHS}mo")


def _last_due() -> pl.Expr:
    """The last month end up to the horizon."""
    return (_horizon() + timedelta(days=1)).dt.truncate("1mo") - timedelta(days=1)
