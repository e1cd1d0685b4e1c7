"""Numbers from before the codes: who bore one, since when, and since when that is known."""

import polars as pl
from sqlalchemy import Connection, select, text

from features.contracts.contract import NUMBER_PATTERN, Contract
from features.lake.catalogue import Schema, read_where_in
from features.lake.tables import EnterpriseNumber

HELD: Schema = {"key": pl.String, "enterprise_id": pl.Int32, "borne_from": pl.Date, "starts": pl.Int64}
"""A number was an enterprise's from the day `borne_from` on, known since `starts` (UTC microseconds)."""

_ADD = text(
    "INSERT INTO enterprise_number AS n (kind, key, enterprise_id, borne_from, known_at, added_in)"
    " VALUES (:kind, :key, :enterprise_id, :borne_from, :known_at, :added_in)"
    " ON CONFLICT (key, kind, enterprise_id) DO UPDATE SET added_in = excluded.added_in,"
    " borne_from = CASE WHEN excluded.borne_from < n.borne_from THEN excluded.borne_from ELSE n.borne_from END,"
    " known_at = CASE WHEN excluded.known_at < n.known_at THEN excluded.known_at ELSE n.known_at END"
    " WHERE excluded.borne_from < n.borne_from OR excluded.known_at < n.known_at"
)
"""The earliest day and the earliest instant count, so any order of deliveries ends in the same state."""


def number_in(subject: pl.Expr) -> pl.Expr:
    """The number that stands where a code should; null for a code."""
    return pl.when(subject.str.contains(NUMBER_PATTERN)).then(subject)


def add_numbers(connection: Connection, contract: Contract, fresh: pl.DataFrame, snapshot: int) -> None:
    """Remember the numbers that stored rows bring. A taxpayer's number that is a code is none: codes are no aliases."""
    number = pl.col(str(contract.number_column)).str.to_uppercase().str.replace_all(r"\s", "")
    brought = fresh.filter(pl.col("op") != "D").select("enterprise_id", "event_date", "known_at", key=number_in(number))
    earliest = (
        brought.drop_nulls("key").group_by("key", "enterprise_id")
        .agg(borne_from=pl.col("event_date").min().cast(pl.String), known_at=pl.col("known_at").min())
    )  # fmt: skip
    if not earliest.is_empty():
        rows = earliest.sort("key", "enterprise_id").with_columns(
            kind=pl.lit(contract.number_column), added_in=pl.lit(snapshot)
        )
        connection.execute(_ADD, rows.to_dicts())


def held_numbers(connection: Connection, numbers: pl.Series) -> pl.DataFrame:
    """Who bears some numbers, with the columns of `HELD`."""
    row = EnterpriseNumber
    query = select(row.key, row.enterprise_id, row.borne_from, row.known_at)
    return read_where_in(connection, query, row.key, numbers.drop_nulls().unique(), HELD)


def changed_numbers(connection: Connection, since: int) -> pl.Series:
    """Numbers that got a bearer, or an earlier day or instant, after a snapshot."""
    query = select(EnterpriseNumber.key).where(EnterpriseNumber.added_in > since).distinct()
    return pl.Series("key", connection.scalars(query).all(), pl.String)
