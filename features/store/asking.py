"""What a database is asked: the days of the rows in its words, the rows as a spine, and the parameters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from features.contracts.feeds import find_feed
from features.definitions.entry import Entry, own_definition
from features.engine.algebra import Definition, leaves
from features.engine.day_sql import DaySql, ManyDays, OneDay
from features.engine.dialects import Dialect
from features.engine.duckdb_sql import feeds
from features.lake.deriving import derive
from features.lake.lake import Lake


@dataclass(frozen=True)
class Asked:
    """spine: `row_no`, `enterprise_id`, `enterprise_known_from`, and each row's day where days differ."""

    day: DaySql
    spine: pl.DataFrame
    parameters: Mapping[str, date | int]


def ask(entries: Sequence[Entry], rows: pl.DataFrame, used_on: date | None, dialect: Dialect) -> Asked:
    """Rows of one day are asked with parameters, rows of several days with columns."""
    parts = [leaf for entry in entries for leaf in leaves(own_definition(entry))]
    listed = rows["as_of"].unique().sort().to_list()
    spine = rows.with_row_index("row_no").with_columns(pl.col("row_no").cast(pl.Int64))
    if len(listed) == 1:
        one = OneDay(parts, dialect=dialect)
        return Asked(one, spine.drop("as_of"), one.parameters(listed[0], used_on))
    if used_on is not None:
        raise ValueError("Rows of several days are each used on their own day.")
    many = ManyDays(listed, parts, dialect)
    return Asked(many, spine.join(many.frame, on="as_of", how="left", maintain_order="left"), {})


def derive_feeds(lake: Lake, definitions: Iterable[Definition], snapshot: int) -> None:
    """Write down the derived feeds that definitions read."""
    for code in feeds(definitions):
        if find_feed(code).derived_from:
            derive(lake, find_feed(code), snapshot)
