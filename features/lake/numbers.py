"""Numbers from before the codes: who bore one, since when, and when that was known."""

import polars as pl
from sqlalchemy import Connection, select, text

from features.contracts.contract import NUMBER_PATTERN, Contract
from features.contracts.feeds import FEEDS
from features.lake.catalogue import Schema, read_where_in
from features.lake.lake import Lake
from features.lake.names import alone_spans
from features.lake.query import query
from features.lake.reading import visible_sql
from features.lake.tables import EnterpriseNumber

NUMBERING = tuple(contract for contract in FEEDS if contract.number_column is not None)
"""The feeds whose rows bring numbers."""
HELD: Schema = {
    "key": pl.String,
    "enterprise_id": pl.Int32,
    "borne_from": pl.Date,
    "starts": pl.Int64,
    "ends": pl.Int64,
}
"""A number was an enterprise's from the day `borne_from` on, as was known from `starts` until before `ends` (UTC
microseconds; null: still): a correction or a withdrawal takes it away again."""
_BEARERS: Schema = {"key": pl.String, "enterprise_id": pl.Int32}

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
    brought = fresh.filter(pl.col("op") != "D").select(
        "enterprise_id", "event_date", "known_at", key=_brought(contract)
    )
    earliest = (
        brought.drop_nulls("key").group_by("key", "enterprise_id")
        .agg(borne_from=pl.col("event_date").min().cast(pl.String), known_at=pl.col("known_at").min())
    )  # fmt: skip
    if not earliest.is_empty():
        rows = earliest.sort("key", "enterprise_id").with_columns(
            kind=pl.lit(contract.number_column), added_in=pl.lit(snapshot)
        )
        connection.execute(_ADD, rows.to_dicts())


def _brought(contract: Contract) -> pl.Expr:
    return number_in(pl.col(str(contract.number_column)).str.to_uppercase().str.replace_all(r"\s", ""))


def held_numbers(lake: Lake, connection: Connection, numbers: pl.Series, snapshot: int | None = None) -> pl.DataFrame:
    """Who bore some numbers when, in a snapshot (default the newest): the rows that bring them, as `HELD`."""
    wanted, row = numbers.drop_nulls().unique(), EnterpriseNumber
    held = [pl.DataFrame(schema=HELD)]
    for contract in NUMBERING:
        ever = select(row.key, row.enterprise_id).where(row.kind == contract.number_column)
        bearers = read_where_in(connection, ever, row.key, wanted, _BEARERS)
        if not bearers.is_empty():
            held.append(_borne(lake, contract, bearers, snapshot))
    return pl.concat(held)


def _borne(lake: Lake, contract: Contract, bearers: pl.DataFrame, snapshot: int | None) -> pl.DataFrame:
    """The rows of a feed in which enterprises bear numbers. bearers: pairs of `key` and `enterprise_id`."""
    columns = (
        f"{contract.number_column}, enterprise_id, event_date AS borne_from, known_from AS starts, known_to AS ends"
    )
    rows = query(
        f"SELECT {columns} FROM {visible_sql(lake, contract, snapshot)} SEMI JOIN owners USING (enterprise_id)",
        owners=bearers.select("enterprise_id").unique(),
    )
    borne = rows.with_columns(key=_brought(contract)).join(bearers, on=[*_BEARERS], how="semi")
    return borne.select(pl.col(name).cast(dtype) for name, dtype in HELD.items())


def changed_numbers(lake: Lake, connection: Connection, touched: pl.Series, since: int) -> pl.Series:
    """Of the numbers some enterprises ever bore, those that were not known of the same in an earlier snapshot."""
    row = EnterpriseNumber
    ever = read_where_in(connection, select(row.key, row.enterprise_id), row.enterprise_id, touched, _BEARERS)
    before, after = (_known(held_numbers(lake, connection, ever["key"], snapshot)) for snapshot in (since, None))
    differing = [
        one.join(other, on=one.columns, how="anti", nulls_equal=True)
        for one, other in ((before, after), (after, before))
    ]
    return pl.concat(differing)["key"].str.split(" ").list.first().unique()


def _known(held: pl.DataFrame) -> pl.DataFrame:
    """When each number was known as an enterprise's since a day; a new version that says the same breaks no span."""
    fact = pl.concat_str("key", "enterprise_id", "borne_from", separator=" ")
    return alone_spans(held.with_columns(key=fact)).select("key", "starts", "ends")
