"""Rows on their way out: what happened to which firm, with ids and versions, and the day each version was learned.

A *statement* is a feed's own columns and the common ones, plus `entity` (the enterprise's number, for the truth) and
`learned_on`: the day from which publication and receipt take their time. Until it is delivered its `record_id` is a
number, which is quicker to compare and to move than the text a department would write.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl
from numpy.typing import NDArray

from features.sources.city.arrays import Days, Flags, Floats, Ints
from features.sources.city.shard import Shard
from features.sources.city.streams import scramble_within

Column = pl.Series | NDArray[Any] | list[str]
"""The values of one column."""

ORDINAL_BITS = 24
ORDINALS = 1 << ORDINAL_BITS
"""How many records of one feed an enterprise can have; months, kinds and ranks fit."""


def days(numbers: Ints | Days, where: Flags | None = None) -> pl.Series:
    """Dates from days since 1970; null where `where` is false."""
    series = pl.Series(numbers.astype(np.int32, copy=False)).cast(pl.Date)
    return series if where is None else only_where(series, where)


def only_where(values: pl.Series, present: Flags) -> pl.Series:
    """The values, null where `present` is false."""
    return values.zip_with(pl.Series(present, dtype=pl.Boolean), values.clear(len(values)))


def with_at(values: pl.Series, row: Ints, others: pl.Series) -> pl.Series:
    """The values, with others in some rows."""
    position = np.arange(len(values))
    position[row] = len(values) + np.arange(len(row))
    return pl.concat([values, others])[position]


def words(of: Sequence[str | None], position: Ints) -> pl.Series:
    """The word at each position, or null for None; no text is made row by row."""
    return pl.Series(list(of), dtype=pl.String)[position]


def same(word: str, count: int) -> pl.Series:
    """One word in every row."""
    return pl.repeat(word, count, dtype=pl.String, eager=True)


def fen(yuan: Floats) -> pl.Series:
    """Yuan as whole fen."""
    return pl.Series(np.round(yuan * 100).astype(np.int64))


def state(
    shard: Shard, feed: str, firm: Ints, ordinal: Ints, happened: Ints, columns: Mapping[str, Column]
) -> pl.DataFrame:
    """The first version of each record.

    firm: positions in the shard. ordinal: tells the records of one firm apart. happened: day of the event.
    """
    entity = shard.firms.entity[firm]
    number = scramble_within(entity, ordinal, ORDINAL_BITS, shard.chances.seed ^ crc32(feed.encode()))
    on = days(happened)
    return pl.DataFrame({"uscc": shard.identities.uscc[firm], **columns}).with_columns(
        record_id=pl.Series(number),
        op=pl.lit("I"),
        version=pl.lit(1, dtype=pl.Int32),
        event_date=on,
        entity=pl.Series(entity),
        learned_on=on,
    )


def settle(statements: pl.DataFrame, on: str, unknown_before: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """What is learned later is a second version, learned on the day in column `on`.

    unknown_before: what the first version said instead. Rows without that day stay as they are, without the outcome.
    """
    first = statements.with_columns(**unknown_before)
    return pl.concat([first, later(statements, on, op="U")])


def later(statements: pl.DataFrame, on: str, *, op: str, versions: int = 1) -> pl.DataFrame:
    """The next version (or the one so many further on) of every record that has a day in column `on`."""
    return statements.filter(pl.col(on).is_not_null()).with_columns(
        op=pl.lit(op), version=(pl.col("version") + versions).cast(pl.Int32), learned_on=pl.col(on)
    )
