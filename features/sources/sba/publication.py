"""When a record of this source was known: an approval on its day, a charge-off on its own, a repayment at the end."""

from datetime import date, timedelta

import polars as pl

LAST_DAY = date(2014, 8, 31)
"""The files were drawn from an extract of this time; its last charge-offs are of two days before."""

LAST_MONTH = date(2014, 7, 31)
"""The last whole month before it. The day of a repayment is not disclosed: all that is known is that it came before."""

_NIGHT_DELIVERY = timedelta(hours=2) - timedelta(hours=8)
"""Deliveries land at 02:00 in Shanghai, written in UTC, so a record counts on the day it is received."""


def known_on(rows: pl.DataFrame, *, event: pl.Expr, known: pl.Expr) -> pl.DataFrame:
    """Adds event_date, publish_date and received_at of records that became known on a day."""
    day = known.cast(pl.Date)
    return rows.with_columns(
        event_date=event.cast(pl.Date),
        publish_date=day,
        received_at=(day.cast(pl.Datetime("us")) + _NIGHT_DELIVERY).dt.replace_time_zone("UTC"),
    )
