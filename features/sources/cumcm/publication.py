"""When a record of this source was published and received: the past as a tax bureau would have delivered it."""

from datetime import date, timedelta

import polars as pl

FIRST_DAY = date(2016, 10, 1)
"""The invoices begin in this month; registrations, whose days are not disclosed, are dated here."""

LAST_DAY = date(2020, 2, 22)
"""The bank's verdicts and the files are of this day; the newest invoice is of the day before."""

_NIGHT_DELIVERY = timedelta(hours=2) - timedelta(hours=8)
"""Deliveries land at 02:00 in Shanghai, written in UTC, so a record counts on the day it is received."""


def published(frame: pl.DataFrame, *, event: str, after_days: int) -> pl.DataFrame:
    """Adds event_date, publish_date and received_at: received `after_days` after the day in column `event`."""
    received_on = pl.col(event) + pl.duration(days=after_days)
    return frame.with_columns(
        event_date=pl.col(event),
        publish_date=received_on,
        received_at=(received_on.cast(pl.Datetime("us")) + _NIGHT_DELIVERY).dt.replace_time_zone("UTC"),
    )


def is_published(period_end: pl.Expr, after_days: int) -> pl.Expr:
    """Whether a period's deadline has passed on the last day; a partial period at the end never has."""
    return period_end + pl.duration(days=after_days) <= LAST_DAY
