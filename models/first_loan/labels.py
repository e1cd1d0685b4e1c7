"""The labels of first_loan: loans of enterprises that had none before, whose first 12 months have passed."""

from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.labels import read_first_loans


def read_labels(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """The first loans that have matured by a day."""
    return read_first_loans(lake, day, grant)
