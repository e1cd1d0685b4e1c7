"""The labels of sme_default: loans whose first 12 months have passed."""

from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.contracts.loan_feedback import LOAN_FEEDBACK
from features.lake.lake import Lake
from features.store.records import records
from models.labels import loan_labels

_READ = ("loan_no_hash", "uscc", "granted_on", "period", "dpd", "balance_fen", "weight", "known_from")
"""All that a label is made of: every column of a large city's feedback would take far more memory."""


def read_labels(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """The loans that have matured by a day."""
    return loan_labels(records(lake, LOAN_FEEDBACK.code, day, grant, columns=_READ), day)
