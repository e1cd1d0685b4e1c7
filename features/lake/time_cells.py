"""Cells of days and instants: all that reads them holds those of the years 1 to 9999, and no other.

Others are delivered: PostgreSQL and DuckDB write 'infinity' as the last number there is, and an instant may be counted
in another unit. Python refuses to hold one, polars to write one as text, and the hot files' days overflow.
"""

from datetime import UTC, date, datetime

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
"""The last day of all is left out: in Shanghai it ends in the year 10000 of UTC's clock."""


def within_calendar(typed: pl.DataFrame) -> pl.DataFrame:
    """Columns of a contract's types, with every day and instant outside those years as null."""
    inside = {name: _is_inside(name, dtype) for name, dtype in typed.schema.items() if dtype.is_temporal()}
    whole = typed.select(one.all().alias(name) for name, one in inside.items()).row(0) if inside else ()
    return typed.with_columns(
        pl.when(inside[name]).then(pl.col(name)).alias(name)
        for name, all_inside in zip(inside, whole, strict=True)
        if not all_inside
    )


def text_of(name: str, dtype: pl.DataType) -> pl.Expr:
    """A column of a delivery as text; a day or an instant outside those years as its bare number."""
    cell = pl.col(name)
    if not dtype.is_temporal():
        return cell.cast(pl.String)
    told = pl.when(_is_inside(name, dtype)).then(cell).cast(pl.String)
    return pl.coalesce(told, cell.to_physical().cast(pl.String))


def micros_of(instants: pl.Expr) -> pl.Expr:
    """Instants as UTC microseconds, null outside those years."""
    told = instants.cast(INSTANT, strict=False)
    return pl.when(told.is_between(_FIRST, _LAST)).then(told).dt.epoch("us")


def _is_inside(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date:
        return pl.col(name).is_between(date.min, date.max)
    return micros_of(pl.col(name)).is_not_null() | pl.col(name).is_null()
