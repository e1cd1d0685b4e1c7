"""Which enterprise a name meant, and when: the registrations' own history, read with both clocks."""

from pathlib import Path

import polars as pl

from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.memory import until_erasure
from features.lake.query import query
from features.lake.spelling import name_key, trade_key
from features.lake.versions import VOID

SPAN = {"key": pl.String, "enterprise_id": pl.Int32, "starts": pl.Int64, "ends": pl.Int64}
"""A name was one enterprise's alone from `starts` until before `ends` (UTC microseconds; null: still)."""

_NAMED = {
    "enterprise_id": pl.Int32,
    "starts": pl.Int64,
    "ends": pl.Int64,
    "row_no": pl.Int64,
    "digest": pl.UInt64,
    "trade_digest": pl.UInt64,
}


def held_names(lake: Lake, keys: pl.Series) -> pl.DataFrame:
    """Who bore each of some name keys when, with the columns of `SPAN`."""
    return _held(lake, keys, "digest")


def held_trades(lake: Lake, keys: pl.Series) -> pl.DataFrame:
    """Who bore each of some trade names in its form and district when, with the columns of `SPAN`."""
    return _held(lake, keys, "trade_digest")


def _held(lake: Lake, keys: pl.Series, digest: str) -> pl.DataFrame:
    wanted = keys.drop_nulls().unique().alias("key").to_frame().with_columns(pl.col("key").hash().alias(digest))
    if wanted.is_empty():
        return pl.DataFrame(schema=SPAN)
    return borne(lake, wanted, digest, lake.snapshot()).select(*SPAN)


def borne(lake: Lake, wanted: pl.DataFrame, on: str, snapshot: int) -> pl.DataFrame:
    """The rows of registrations in a snapshot that join `wanted` on a column, with `starts` and `ends`."""
    files = lake.files(REGISTRATION.code, snapshot)
    named = (pl.DataFrame(schema=_NAMED), *map(names_in, files))
    rows = pl.concat([part.join(wanted, on=on) for part in named], rechunk=False)
    closings = lake.closings(REGISTRATION.code, snapshot)
    if closings:
        ends = pl.scan_parquet(closings).join(rows.lazy().select("row_no"), on="row_no", how="semi")
        ended = ends.group_by("row_no").agg(later=pl.col("closed_at").min()).collect()
        rows = rows.join(ended, on="row_no", how="left").with_columns(ends=pl.min_horizontal("ends", "later"))
    seen = pl.col("ends").is_null() | ((pl.col("ends") != VOID) & (pl.col("ends") > pl.col("starts")))
    return rows.filter(seen)


@until_erasure(maxsize=1024)
def names_in(path: Path) -> pl.DataFrame:
    """The names in one file of registrations, which never changes: 40 bytes a row, the names as their hashes."""
    columns = "name, address, enterprise_id, known_at AS starts, closed_at AS ends, row_no"
    named = query(f"SELECT {columns} FROM {rows_sql(REGISTRATION, [path])} WHERE op <> 'D'")
    keyed = named.with_columns(key=name_key(pl.col("name")))
    trade = trade_key(pl.col("key"), pl.col("address"))
    # A null has a hash too, and nobody bears it.
    trade_digest = pl.when(trade.is_not_null()).then(trade.hash())
    kept = keyed.select(
        "enterprise_id", "starts", "ends", "row_no", digest=pl.col("key").hash(), trade_digest=trade_digest
    )
    return kept.sort("row_no")  # which copies: columns of a query hold all of it, here the names, three times as much


def alone_spans(held: pl.DataFrame, key: type[pl.DataType] = pl.String) -> pl.DataFrame:
    """The spans in which one enterprise alone held a key, from the spans in which each did. key: its type."""
    instants = pl.concat([held.select("key", at="starts"), held.select("key", at="ends")])
    pieces = instants.unique().sort("key", "at", nulls_last=True).with_columns(until=pl.col("at").shift(-1).over("key"))
    holders = pieces.drop_nulls("at").join(held, on="key")
    holders = holders.filter(
        pl.col("starts") <= pl.col("at"), pl.col("ends").is_null() | (pl.col("ends") > pl.col("at"))
    )
    alone = (
        holders.group_by("key", "at", "until")
        .agg(pl.col("enterprise_id").n_unique().alias("holders"), pl.col("enterprise_id").first())
        .filter(pl.col("holders") == 1)
        .sort("key", "at")
    )
    return _merge(alone).select(pl.col(column).cast(dtype) for column, dtype in (SPAN | {"key": key}).items())


def _merge(alone: pl.DataFrame) -> pl.DataFrame:
    """Join pieces that follow one another in the same hands: a new version of a registration breaks no span."""
    follows = (pl.col("at") == pl.col("until").shift()) & (pl.col("enterprise_id") == pl.col("enterprise_id").shift())
    same = follows & (pl.col("key") == pl.col("key").shift())
    numbered = alone.with_columns(span=(~same.fill_null(False)).cum_sum())
    return numbered.group_by("key", "enterprise_id", "span").agg(
        starts=pl.col("at").first(), ends=pl.col("until").last()
    )
