"""Versions of records: which rows are new, which contradict what is stored, and when each version ended.

The newest version known counts. Of one version, the content known first counts. Both are facts of the set of rows
and not of the order in which they landed, so any order of deliveries ends in the same state.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from features.contracts.contract import Contract
from features.lake.digest import numbers_of
from features.lake.lake import Lake
from features.lake.query import query
from features.lake.reading import parquet

KEYS = {
    "record_no": pl.Int64,
    "version": pl.Int32,
    "content_hash": pl.Int64,
    "received_at": pl.Int64,
    "known_at": pl.Int64,
    "enterprise_id": pl.Int32,
    "link_id": pl.Int32,
    "closed_at": pl.Int64,
    "row_no": pl.Int64,
}
"""What deciding about a version needs of a stored row. Instants in UTC microseconds."""
VOID = 0
"""The end of a row that was written anew under another owner: before any row began, so it never counts."""

ENDS = ("enterprise_id", "row_no", "closed_at")
"""What a closings file says of a stored row."""
_PORTION = 200_000
_FIELD, _NULL = "\x1f", "\x1e"


@dataclass(frozen=True)
class Sifted:
    """fresh: rows to store, with `closed_at`. conflicts: positions of rows that contradict a stored version.

    unchanged: how many rows say what is stored already. ended: stored rows now closed, with `ENDS`.
    """

    fresh: pl.DataFrame
    conflicts: pl.Series
    unchanged: int
    ended: pl.DataFrame


def number_records(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Add `record_no` and `content_hash`: the numbers of the record id and of all delivered cells."""
    cells = [pl.col(column).cast(pl.String).fill_null(_NULL) for column in contract.dtypes]
    texts = {"record_no": pl.col("record_id"), "content_hash": pl.concat_str(cells, separator=_FIELD)}
    # By portions: the texts of a million rows at once would take as much memory as all the rest of a landing.
    portions = [frame.slice(start, _PORTION) for start in range(0, max(frame.height, 1), _PORTION)]
    return frame.hstack(pl.concat(numbers_of(portion.select(**texts)) for portion in portions))


def stored_versions(lake: Lake, feed: str, record_nos: pl.Series, also: Iterable[str] = ()) -> pl.DataFrame:
    """All stored rows of some records but void ones, with the columns of `KEYS` and some more."""
    files, closings = lake.files(feed), lake.closings(feed)
    if not files:
        return pl.DataFrame(schema=KEYS)
    columns = list(dict.fromkeys((*KEYS, *also)))
    rows = f"SELECT {', '.join(columns)} FROM {parquet(files)} SEMI JOIN wanted USING (record_no)"
    stored = query(rows, wanted=record_nos.unique().to_frame("record_no"))
    closed = pl.read_parquet(closings) if closings else stored.select(ENDS).clear()
    ends = closed.group_by("row_no").agg(ends=pl.col("closed_at").min())
    current = stored.join(ends, on="row_no", how="left").with_columns(closed_at=pl.min_horizontal("closed_at", "ends"))
    return current.filter(pl.col("closed_at").is_null() | (pl.col("closed_at") != VOID)).select(columns)


def sift(rows: pl.DataFrame, stored: pl.DataFrame) -> Sifted:
    """Decide about delivered rows (`row` and `KEYS` but the last two) beside the stored rows of the same records."""
    keys = rows.select("row", *(name for name in KEYS if name not in ("closed_at", "row_no")))
    both = pl.concat([stored, keys], how="diagonal")
    several = both.filter(pl.col("record_no").is_duplicated())
    verdicts = _compare(several)
    unchanged = verdicts.filter("repeated")["row"]
    conflicts = verdicts.filter("contradicts")["row"]
    ended = _close(verdicts.filter(~pl.col("repeated") & ~pl.col("contradicts")))
    fresh = rows.filter(~pl.col("row").is_in(pl.concat([unchanged, conflicts]).implode()))
    fresh = fresh.join(ended.drop_nulls("row").select("row", "closed_at"), on="row", how="left", maintain_order="left")
    return Sifted(fresh, conflicts, unchanged.len(), ended.filter("newly").select(ENDS))


def _compare(several: pl.DataFrame) -> pl.DataFrame:
    """Mark delivered rows that repeat a content of their version, or contradict the one known first."""
    version = ["record_no", "version"]
    stored_first = [False] * 4 + [True, False]
    ordered = several.sort(*version, "known_at", "content_hash", "row_no", "row", nulls_last=stored_first)
    delivered = pl.col("row").is_not_null()
    first = pl.struct(*version, "content_hash").is_first_distinct()
    counts = pl.col("content_hash") == pl.col("content_hash").first().over(version)
    return ordered.with_columns(repeated=delivered & ~first, contradicts=delivered & first & ~counts)


def _close(several: pl.DataFrame) -> pl.DataFrame:
    """When each row ended: the first instant at which a row that outranks it was known.

    `newly` marks stored rows whose end is new or earlier than stored.
    """
    ordered = several.sort("record_no", "version", "known_at", "content_hash", descending=[False, False, True, True])
    ends = pl.col("known_at").cum_min(reverse=True).shift(-1).over("record_no")
    closed = ordered.with_columns(ends=ends)
    earlier = pl.col("ends").is_not_null() & (pl.col("closed_at").is_null() | (pl.col("ends") < pl.col("closed_at")))
    return closed.select("row", "enterprise_id", "row_no", closed_at="ends", newly=pl.col("row").is_null() & earlier)
