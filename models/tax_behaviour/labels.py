"""The labels of tax_behaviour: loans whose first 12 months have passed."""

from datetime import date

import polars as pl

from bureau.grant import ReadGrant
from features.lake.lake import Lake
from models.labels import read_loans


def read_labels(lake: Lake, day: date, grant: ReadGrant) -> pl.DataFrame:
    """The loans that have matured by a day, of every enterprise that was granted one."""
    return read_loans(lake, day, grant)
