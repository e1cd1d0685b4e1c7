"""The labels of sba_default: how a loan ended, seen afterwards, or as far as it was known on a day."""

from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.store.records import records
from models.labels import DEFAULT_DPD
from models.sba_default.spec import GRANTED_FROM, SPLIT


def read_labels(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """One row per loan whose end was known by a day: subject, as_of, target, weight, loan, granted_on.

    as_of: the day of approval. The records are used by the law of the day the model would have been trained on: an
    outcome of ten years ago may no longer be used for a decision, and here it only tells how such a decision went.
    """
    loans = _loans(records(lake, LOAN_FEEDBACK.code, day, grant, used_on=min(day, SPLIT.test_from)))
    return _labels(loans.filter(pl.col("charged_off") | pl.col("repaid")))


def labels_known(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """The same columns, one row per loan approved by a day, with what was known then: 1 charged off, 0 not yet."""
    return _labels(_loans(records(lake, LOAN_FEEDBACK.code, day, grant)))


def _loans(feedback: pl.DataFrame) -> pl.DataFrame:
    return (
        feedback.filter(pl.col("granted_on") >= GRANTED_FROM)
        .group_by("loan_no_hash")
        .agg(
            pl.col("uscc", "granted_on", "weight").sort_by("period").last(),
            charged_off=(pl.col("dpd") >= DEFAULT_DPD).any(),
            repaid=(pl.col("balance_fen") == 0).fill_null(value=False).any(),
        )
    )


def _labels(loans: pl.DataFrame) -> pl.DataFrame:
    return loans.select(
        subject="uscc",
        as_of="granted_on",
        target=pl.col("charged_off").cast(pl.Float64),
        weight="weight",
        loan="loan_no_hash",
        granted_on="granted_on",
    ).sort("as_of", "loan")
