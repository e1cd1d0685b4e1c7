"""Which enterprise a name meant, and when: the registrations' own history, read with both clocks.

A record without a code belongs to the enterprise that first, at or after the record's arrival, was the only one
whose current name is the record's. That depends on what was known when and not on the order of landing. Two
different codes are never merged by a name.
"""

import polars as pl

from features.contracts.registration import REGISTRATION
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import visible_sql

SPAN = {"key": pl.String, "enterprise_id": pl.Int32, "starts": pl.Int64, "ends": pl.Int64}
"""A name was one enterprise's alone from `starts` until before `ends` (UTC microseconds; null: still)."""


def name_key(name: pl.Expr) -> pl.Expr:
    """What two spellings of one name share: half-width characters, upper case, no blanks, dots or quotes."""
    return name.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"""[\s·•.'"“”‘’]""", "")


def spans(lake: Lake, keys: pl.Series) -> pl.DataFrame:
    """When each of some name keys was exactly one enterprise's current name, with the columns of `SPAN`."""
    if keys.is_empty():
        return pl.DataFrame(schema=SPAN)
    named = query(f"SELECT name, enterprise_id, known_from, known_to FROM {visible_sql(lake, REGISTRATION)}")
    held = named.select("enterprise_id", key=name_key(pl.col("name")), starts="known_from", ends="known_to")
    return alone_spans(held.filter(pl.col("key").is_in(keys.unique().implode())))


def alone_spans(held: pl.DataFrame) -> pl.DataFrame:
    """The spans in which one enterprise alone held a key, from the spans in which each did."""
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
    return _merge(alone).select(pl.col(column).cast(dtype) for column, dtype in SPAN.items())


def _merge(alone: pl.DataFrame) -> pl.DataFrame:
    """Join pieces that follow one another in the same hands: a new version of a registration breaks no span."""
    follows = (pl.col("at") == pl.col("until").shift()) & (pl.col("enterprise_id") == pl.col("enterprise_id").shift())
    same = follows & (pl.col("key") == pl.col("key").shift())
    numbered = alone.with_columns(span=(~same.fill_null(False)).cum_sum())
    return numbered.group_by("key", "enterprise_id", "span").agg(
        starts=pl.col("at").first(), ends=pl.col("until").last()
    )


def match(rows: pl.DataFrame, alone: pl.DataFrame) -> pl.DataFrame:
    """The enterprise of each row that has one: `row`, `key`, `enterprise_id`, `starts`.

    rows: `row`, `key`, `received_at`. alone: spans as `spans` gives them.
    """
    open_then = pl.col("ends").is_null() | (pl.col("ends") > pl.col("received_at"))
    found = rows.join(alone, on="key").filter(open_then).sort("starts").unique("row", keep="first")
    return found.select("row", "key", "enterprise_id", "starts")
