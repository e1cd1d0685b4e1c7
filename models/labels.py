"""Labels: how loans went, from the banks' monthly feedback (F60), for training only."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from bureau.clock import from_micros, shanghai_day
from bureau.grant import ReadGrant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.store.records import records
from models.spec import ModelSpec
from models.terms import AfterMonths, AtEnd
from models.time_split import TimeSplit

_READ = (
    "loan_no_hash", "uscc", "granted_on", "period", "dpd", "balance_fen", "weight", "known_from", "publish_date"
)  # fmt: skip
"""All that a label is made of: every column of a large city's feedback would take far more memory."""


def read_labels(lake: Lake, spec: ModelSpec, day: date, grant: ReadGrant, snapshot: int | None = None) -> pl.DataFrame:
    """The labels of a model that had matured by a day, of its population: subject, as_of, target, weight, loan, and
    granted_on where outcomes have days; in the order of the days asked about. snapshot: the newest unless said.

    An outcome that is known at the end of a loan is used by the law of the day the model would have been trained on:
    one of ten years ago may no longer be used for a decision, and here it only tells how such a decision went.
    """
    match spec.maturity:
        case AfterMonths(months):
            feedback = _feedback(lake, day, grant, snapshot)
            labels = loan_labels(feedback, day, dpd=spec.target.dpd, within=spec.target.months, matures=months)
        case AtEnd():
            trained_on = spec.split.test_from if isinstance(spec.split, TimeSplit) else day
            feedback = _feedback(lake, day, grant, snapshot, used_on=min(day, trained_on))
            labels = ended_labels(feedback, dpd=spec.target.dpd)
        case _:
            return verdict_labels(_feedback(lake, day, grant, snapshot), dpd=spec.target.dpd)
    labels = labels.filter(spec.population.granted(pl.col("granted_on")))
    return only_first(labels, feedback) if spec.population.newcomers else labels


def read_others(
    lake: Lake, spec: ModelSpec, own: pl.DataFrame, day: date, grant: ReadGrant, snapshot: int | None = None
) -> pl.DataFrame | None:
    """The same columns of the loans that are not its population's `own` and teach its fit besides; None without any.

    snapshot: that of `own`, the newest unless said.
    """
    if not spec.population.others_teach:
        return None
    everybody = replace(spec, population=replace(spec.population, newcomers=False))
    return read_labels(lake, everybody, day, grant, snapshot).join(own, on="loan", how="anti", maintain_order="left")


def read_known(lake: Lake, spec: ModelSpec, day: date, grant: ReadGrant, snapshot: int | None = None) -> pl.DataFrame:
    """The same columns, one row per loan granted by a day, matured or not: 1 in default by then, 0 not yet."""
    labels = known_labels(_feedback(lake, day, grant, snapshot), dpd=spec.target.dpd)
    return labels.filter(spec.population.granted(pl.col("granted_on")))


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


def loan_labels(
    feedback: pl.DataFrame, day: date, *, dpd: int = 90, within: int | None = 12, matures: int = 12
) -> pl.DataFrame:
    """One row per matured loan: subject, as_of, target, weight, loan, granted_on; by day, then loan.

    feedback: the visible records of F60 on `day`. Loans without a day of grant have no row.
    as_of: the day before the grant, which is the last a bank could have asked on.
    target: 1.0 where `dpd` days past due were reached in the `within` months after the grant.
    A loan has matured when the `matures` months after its grant have passed and their feedback was due by `day`, or by
    the last day on which any feedback came, whatever its outcome: an early default of a young loan is left out with
    its young neighbours, or the young would all be bad. A loan that was no longer reported on, though it was neither
    repaid nor in default, has no known outcome.
    """
    horizon = pl.col("granted_on").dt.offset_by(f"{matures if within is None else within}mo")
    loans = (
        feedback.filter(pl.col("granted_on").is_not_null())
        .group_by("loan_no_hash")
        .agg(
            pl.col("uscc", "granted_on", "weight").sort_by("period").last(),
            target=((pl.col("dpd") >= dpd) & (pl.col("period") <= horizon)).any(),
            reported_to=pl.col("period").max(),
            repaid=pl.col("balance_fen").sort_by("period").last() == 0,
        )
    )
    heard = min(day, _last_heard(feedback) or day)
    matured = loans.filter(due_on(pl.col("granted_on"), matures) <= heard)
    followed = matured.filter(
        pl.col("target") | pl.col("repaid").fill_null(False) | (pl.col("reported_to") >= _month_end_up_to(horizon))
    )
    return _labels(followed, as_of=pl.col("granted_on") - timedelta(days=1))


def due_on(granted_on: pl.Expr, months: int) -> pl.Expr:
    """The day by which the feedback of so many months after a grant is due; an outcome is known once it has ended."""
    return _month_end_up_to(granted_on.dt.offset_by(f"{months}mo")) + timedelta(days=LOAN_FEEDBACK.deadline_days)


def ended_labels(feedback: pl.DataFrame, *, dpd: int = 90) -> pl.DataFrame:
    """The same columns, one row per loan that was repaid or charged off; asked about on the day of its grant."""
    return _labels(_to_the_end(feedback, dpd).filter(pl.col("target") | pl.col("repaid")), as_of=pl.col("granted_on"))


def known_labels(feedback: pl.DataFrame, *, dpd: int = 90) -> pl.DataFrame:
    """The same columns, one row per loan with what the feedback says so far: 1 in default, 0 not yet."""
    return _labels(_to_the_end(feedback, dpd), as_of=pl.col("granted_on"))


def verdict_labels(feedback: pl.DataFrame, *, dpd: int = 90) -> pl.DataFrame:
    """One row per firm a bank has judged without naming days: subject, as_of, target, weight, loan; by subject.

    as_of: the day the verdict was published; the default lies somewhere before it.
    """
    undated = feedback.filter(pl.col("granted_on").is_null())
    return (
        undated.group_by("uscc")
        .agg(
            as_of=pl.col("publish_date").max(),
            target=(pl.col("dpd") >= dpd).any().cast(pl.Float64),
            weight=pl.col("weight").sort_by("loan_no_hash").first(),
            loan=pl.col("loan_no_hash").min(),
        )
        .rename({"uscc": "subject"})
        .sort("subject")
    )


def _feedback(
    lake: Lake, day: date, grant: ReadGrant, snapshot: int | None = None, used_on: date | None = None
) -> pl.DataFrame:
    return records(lake, LOAN_FEEDBACK.code, day, grant, snapshot=snapshot, columns=_READ, used_on=used_on)


def _to_the_end(feedback: pl.DataFrame, dpd: int) -> pl.DataFrame:
    return (
        feedback.filter(pl.col("granted_on").is_not_null())
        .group_by("loan_no_hash")
        .agg(
            pl.col("uscc", "granted_on", "weight").sort_by("period").last(),
            target=(pl.col("dpd") >= dpd).any(),
            repaid=(pl.col("balance_fen") == 0).fill_null(value=False).any(),
        )
    )


def _labels(loans: pl.DataFrame, as_of: pl.Expr) -> pl.DataFrame:
    return loans.select(
        subject="uscc",
        as_of=as_of,
        target=pl.col("target").cast(pl.Float64),
        weight="weight",
        loan="loan_no_hash",
        granted_on="granted_on",
    ).sort("as_of", "loan")


def _last_heard(feedback: pl.DataFrame) -> date | None:
    """The legal day on which the newest feedback became known; None where there is none."""
    newest = feedback["known_from"].max()
    return shanghai_day(from_micros(newest)) if isinstance(newest, int) else None


def _month_end_up_to(day: pl.Expr) -> pl.Expr:
    """The last month end up to a day."""
    return (day + timedelta(days=1)).dt.truncate("1mo") - timedelta(days=1)
