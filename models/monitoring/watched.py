"""Whom a model is watched on: today's borrowers, and the loans whose outcome has become known since."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from bureau.clock import months_before
from bureau.grant import ReadGrant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.store.records import records
from features.store.training_set import training_set
from models.question import Question
from models.scoring import ScoringModel
from models.time_split import first_of_half_year, half_year

SAMPLE = 20_000
"""Firms, and loans of a vintage, that are enough to measure by; a larger city is sampled."""
RUNNING_DAYS = 120
"""A loan reported on within so many days still runs, or ended just now."""
VINTAGE_MONTHS = 24
"""Vintages followed: loans granted in so many months before the newest that can have matured, the oldest whole."""
_SEED = 20230430
_MATURED = {
    "vintage": pl.String,
    "subject": pl.String,
    "weight": pl.Float64,
    "target": pl.Float64,
    "pd": pl.Float64,
}


def borrowers(
    lake: Lake, day: date, grant: ReadGrant, snapshot: int | None = None, *, new_within_months: int | None = None
) -> pl.DataFrame:
    """Enterprises whose loans banks reported on lately, by `enterprise_id`, with the mean `weight` of these reports.

    new_within_months: of these, only those that had their first loan in so many months.
    """
    columns = ("enterprise_id", "period", "granted_on", "weight")
    told = records(lake, LOAN_FEEDBACK.code, day, grant, snapshot=snapshot, columns=columns)
    running = pl.col("period") >= day - timedelta(days=RUNNING_DAYS)
    firms = told.group_by("enterprise_id").agg(
        first=pl.col("granted_on").min(), weight=pl.col("weight").filter(running).mean()
    )
    recent = firms.filter(pl.col("weight").is_not_null())
    if new_within_months is not None:
        recent = recent.filter(pl.col("first") > pl.lit(day).dt.offset_by(f"-{new_within_months}mo"))
    return recent.select("enterprise_id", "weight").sort("enterprise_id")


def watched_firms(model: ScoringModel, built: Sequence[Path], borrowing: pl.DataFrame) -> pl.DataFrame:
    """The model's features of today's borrowers with their `weight`, of all enterprises where nobody borrows; a sample
    of many."""
    city = pl.scan_parquet(list(built)).select("enterprise_id", *model.features)
    if len(borrowing):
        city = city.filter(pl.col("enterprise_id").is_in(_some(borrowing["enterprise_id"]).implode()))
        return city.collect().join(borrowing, on="enterprise_id")
    return city.filter(pl.col("enterprise_id").is_in(_some(_numbers(built)).implode())).collect()


def matured_loans(
    lake: Lake, question: Question, model: ScoringModel, day: date, grant: ReadGrant, snapshot: int | None = None
) -> pl.DataFrame:
    """The loans of the newest vintages old enough by a day to be judged, with what the model says of them at the grant.

    Columns: vintage (half-year of the grant), subject, weight, target, pd.
    """
    since = first_of_half_year(months_before(day, question.vintage_months + VINTAGE_MONTHS))
    labels = question.read_vintages(lake, day, grant, snapshot).filter(pl.col("granted_on") >= since)
    if labels.is_empty():
        return pl.DataFrame(schema=_MATURED)
    some = labels.with_columns(half_year(pl.col("granted_on")).alias("vintage"))
    some = some.filter(pl.int_range(pl.len()).shuffle(seed=_SEED).over("vintage") < SAMPLE)
    read = training_set(lake, some, model.features, grant, snapshot).frame
    pd = model.calibration.pd(model.predictor.raw(model.columns.matrix(read)))
    return read.select("vintage", "subject", "weight", "target").with_columns(pd=pl.Series(pd))


def _numbers(built: Sequence[Path]) -> pl.Series:
    return pl.scan_parquet(list(built)).select("enterprise_id").collect()["enterprise_id"]


def _some(numbers: pl.Series) -> pl.Series:
    return numbers if len(numbers) <= SAMPLE else numbers.sample(SAMPLE, seed=_SEED)
