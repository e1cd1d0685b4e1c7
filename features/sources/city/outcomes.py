"""How the delivered loans went, with the truth about each beside it."""

from datetime import date
from pathlib import Path

import polars as pl

from features.sources.city.manifest import TRUTH, last_day_of
from features.sources.city.renames import scan_delivered
from features.sources.city.truth import read_truth

OUT_OF_TIME_FROM = date(2021, 1, 1)
"""Loans granted from this day on are the test; with 2,000 enterprises they hold about 50 defaults, the others 120."""
OVERDUE_DAYS = 90
"""From so many on a loan has defaulted."""
_LAST_FEEDBACK_DAYS = 31
"""Before the last day: feedback of the anniversary's month has arrived by then."""


def delivered(folder: Path, feed: str) -> pl.DataFrame:
    """Every row of one feed as it stands in its deliveries, by the agreed names."""
    return scan_delivered(folder, feed).collect()


def matured_loans(folder: Path) -> pl.DataFrame:
    """Loans whose first year is over and known: loan, uscc, granted_on, weight, bad, and the truth's columns.

    bad: 90 days overdue at a month end within 12 months of the grant.
    """
    anniversary = pl.col("granted_on").dt.offset_by("12mo")
    loans = (
        delivered(folder, "F60")
        .filter(anniversary <= pl.lit(last_day_of(folder)).dt.offset_by(f"-{_LAST_FEEDBACK_DAYS}d"))
        .group_by("loan_no_hash")
        .agg(
            pl.first("granted_on", "weight"),
            bad=((pl.col("dpd") >= OVERDUE_DAYS) & (pl.col("period") <= anniversary)).any(),
        )
    )
    truth = read_truth(folder / TRUTH, "loans").drop("granted_on")
    return loans.join(truth, on="loan_no_hash").sort("granted_on", "loan_no_hash").with_row_index("loan")
