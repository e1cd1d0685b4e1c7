"""The labels of invoice_default: verdicts of a bank that names no days."""

from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.store.records import records
from models.labels import verdict_labels


def read_labels(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """The firms a bank had judged by a day; each is asked about on the day its verdict was published."""
    return verdict_labels(records(lake, LOAN_FEEDBACK.code, day, grant))
