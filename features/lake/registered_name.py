"""The names enterprises bear: the registry's label now, from the registrations themselves, and in earlier snapshots."""

import polars as pl

from features.contracts.registration import REGISTRATION
from features.lake.entry import Entry, stored_in
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.query import query
from features.lake.reading import closing_join, visible_sql
from features.lake.registry import add_aliases, end_aliases, label

_NEWEST = ("known_at", "version", "name")
"""Which of several registrations names an enterprise: the one known last. Versions of two records tell nothing."""


def registered_name(lake: Lake, enterprise_id: int, snapshot: int) -> str | None:
    """The name of the newest registration that stood: what the registry's label was in that snapshot."""
    newest = (
        f"SELECT name FROM {visible_sql(lake, REGISTRATION, snapshot)}"
        f" WHERE enterprise_id = {enterprise_id:d} AND known_to IS NULL"
        " ORDER BY known_from DESC, version DESC, name DESC LIMIT 1"
    )
    found = query(newest)
    return None if found.is_empty() else str(found.item())


def register(entry: Entry, touched: pl.Series, ended: pl.Series) -> None:
    """Set what the registry says of enterprises whose registrations were written or ended: name and outside keys.

    A registration that was withdrawn, or is another's by now, names nobody. touched, ended: enterprise numbers, of
    those that got a row and of those that lost one.
    """
    numbers = pl.concat([touched, ended]).unique().alias("enterprise_id").to_frame()
    if entry.contract is not REGISTRATION or numbers.is_empty():
        return
    standing = _standing(entry, numbers)
    newest = standing.sort(_NEWEST).unique("enterprise_id", keep="last")
    named = numbers.join(newest, on="enterprise_id", how="left")
    label(entry.connection, named.with_columns(pl.col("version", "known_at").fill_null(0)))
    keys = standing.drop_nulls("key").sort("known_at").unique(["key", "enterprise_id"], keep="first")
    add_aliases(entry.connection, keys.with_columns(added_in=stored_in(pl.col("row_no"))))
    end_aliases(entry.connection, ended, keys, entry.snapshot)


def _standing(entry: Entry, numbers: pl.DataFrame) -> pl.DataFrame:
    """The registrations of some enterprises that stand now, those of this transaction among them."""
    lake, code = entry.lake, REGISTRATION.code
    closed, join = closing_join(lake.closings(code, connection=entry.connection))
    columns = f"enterprise_id, name, {REGISTRATION.outside_key} AS key, version, known_at, row_no"
    rows = rows_sql(REGISTRATION, lake.files(code, connection=entry.connection))
    return query(
        f"SELECT {', '.join(f'r.{column}' for column in columns.split(', '))}"
        f" FROM (SELECT * FROM {rows} SEMI JOIN numbers USING (enterprise_id)) r{join}"
        f" WHERE r.op <> 'D' AND {closed} IS NULL",
        numbers=numbers,
    )
