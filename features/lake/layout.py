"""How a row lies in a file of the lake: small columns from which the row's logical columns follow without loss.

A record's number stands for its id wherever the id is the feed's code, a hyphen and that number; days are kept as
distances from the event, an instant as its day, second and microsecond, and what equals another column is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from features.contracts.contract import Contract

LAYOUT = "2"
"""Of the files a lake holds, kept in its settings; files of another layout are not read."""
TEXT_RECORDS = 2**62
"""Records from this number on are known by a text: their number is a digest of it."""

_EARLIEST = 2**18
"""Makes the day number of an event positive: no contract takes a day before 1900."""
_DAY, _SECOND = 86_400_000_000, 1_000_000


def bucket_of(enterprise_id: pl.Expr, buckets: int) -> pl.Expr:
    """The bucket of an enterprise number."""
    return (enterprise_id % buckets).cast(pl.Int16)


def pack(rows: pl.DataFrame, contract: Contract, buckets: int, first_row: int) -> pl.DataFrame:
    """Rows as they are stored, from the contract's columns, `KEYS` of `versions` and `batch_no`.

    Sorted by bucket, enterprise, event date, record and version, and numbered from `first_row` on.
    """
    known, event = pl.col("known_at"), pl.col("event_date")
    known_day = known.floordiv(_DAY)
    packed = rows.select(
        "enterprise_id",
        "record_no",
        "version",
        "event_date",
        "op",
        *contract.own_columns,
        bucket=bucket_of(pl.col("enterprise_id"), buckets),
        publish_lag=(pl.col("publish_date").cast(pl.Int32) - event.cast(pl.Int32)),
        known_lag=known_day.cast(pl.Int32) - event.cast(pl.Int32),
        known_second=(known - known_day * _DAY).floordiv(_SECOND).cast(pl.Int32),
        known_micro=(known - known.floordiv(_SECOND) * _SECOND).cast(pl.Int32),
        received_at=pl.when(pl.col("received_at") != known).then("received_at"),
        closed_at="closed_at",
        record_id=pl.when(pl.col("record_no") >= TEXT_RECORDS).then("record_id"),
        link_id="link_id",
        batch_no="batch_no",
    )
    ordered = packed.select(pl.all().gather(_order(packed)))
    return ordered.with_columns(row_no=first_row + pl.int_range(pl.len(), dtype=pl.Int64))


def _order(packed: pl.DataFrame) -> pl.Series:
    """The order of rows: three integer keys sort four times as fast as the five columns they are made of."""
    place = (pl.col("bucket").cast(pl.Int64) * 2**32 + pl.col("enterprise_id")) * 2**20
    day = pl.col("event_date").cast(pl.Int32) + _EARLIEST
    keys = packed.select("record_no", "version", place=place + day)
    return keys.select(pl.arg_sort_by("place", "record_no", "version")).to_series()


def known_at(packed: pl.DataFrame) -> pl.Series:
    """The instants (UTC microseconds) stored rows were known at."""
    day = (pl.col("event_date").cast(pl.Int64) + pl.col("known_lag")) * _DAY
    return packed.select(day + pl.col("known_second").cast(pl.Int64) * _SECOND + pl.col("known_micro")).to_series()


def parquet(paths: Iterable[Path]) -> str:
    """The DuckDB table function that reads some files; paths are the lake's own, never a caller's text."""
    listing = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{listing}], hive_partitioning = false)"


@dataclass(frozen=True)
class Reader:
    """How a database reads files of the lake. All other SQL of reading is one text that DuckDB and Spark understand.

    table: the table that files make. event_day: days from 1970 to the event, as an integer.
    """

    table: Callable[[Iterable[Path]], str]
    event_day: str


DUCKDB_FILES = Reader(parquet, "(event_date - DATE '1970-01-01')")


def rows_sql(contract: Contract, paths: Iterable[Path], reader: Reader = DUCKDB_FILES) -> str:
    """A sub-select in parentheses of all logical columns of some files of rows, plus their `bucket`."""
    columns = ", ".join(_logical(contract, name, reader) for name in LOGICAL)
    own = "".join(f', "{name}"' for name in contract.own_columns)
    return f"(SELECT {columns}{own} FROM {reader.table(paths)})"


LOGICAL = (
    *("bucket", "enterprise_id", "record_no", "record_id", "version", "event_date", "publish_date", "op"),
    *("received_at", "known_at", "closed_at", "link_id", "batch_no", "row_no"),
)
"""The columns of a stored row beside its feed's own."""


def _logical(contract: Contract, name: str, reader: Reader) -> str:
    """A logical column as SQL over the stored ones."""
    known = f"(({reader.event_day} + known_lag) * {_DAY} + known_second::BIGINT * {_SECOND} + known_micro)::BIGINT"
    restored = {
        "record_id": f"coalesce(record_id, '{contract.code}-' || record_no)",
        "publish_date": "event_date + publish_lag",
        "known_at": known,
        "received_at": f"coalesce(received_at, {known})",
    }
    return f"{restored[name]} AS {name}" if name in restored else name
