"""Versions of records: which rows are new, which contradict what is stored, and when each version ended.

The newest version known counts. Of one version, the content known first counts. Both are facts of the set of rows
and not of the order in which they landed, so any order of deliveries ends in the same state.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection

from features.contracts.contract import Contract
from features.lake.digest import content_hashes, record_numbers
from features.lake.lake import Lake
from features.lake.layout import rows_sql
from features.lake.query import query

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
"""What deciding about a version needs of a stored row. Instants in UTC microseconds; `content_hash` is not stored."""
VOID = 0
"""The end of a row that was written anew under another owner: before any row began, so it never counts."""

ENDS = ("enterprise_id", "row_no", "closed_at")
"""What a closings file says of a stored row."""


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
    """Add `record_no`, the number of the record id."""
    return frame.with_columns(record_numbers(frame["record_id"], contract.code))


def hash_contents(rows: pl.DataFrame, stored: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Add `content_hash` to delivered rows that have company: rows of the same record, delivered or stored.

    It is null for the others, nearly all of a delivery: there is nothing to compare them with.
    """
    company = rows["record_no"].is_duplicated()
    if not stored.is_empty():
        company |= rows["record_no"].is_in(stored["record_no"].unique().implode())
    hashes = pl.Series("content_hash", [None], dtype=pl.Int64).new_from_index(0, rows.height)
    if company.any():
        some = rows.filter(company)
        hashes = hashes.scatter(company.arg_true(), content_hashes(some, [*contract.dtypes]))
    return rows.with_columns(hashes)


def stored_versions(
    lake: Lake,
    contract: Contract,
    record_nos: pl.Series,
    also: Iterable[str] = (),
    connection: Connection | None = None,
) -> pl.DataFrame:
    """All stored rows of some records but void ones, with the columns of `KEYS` and some more.

    connection: one whose transaction has stored rows nobody else sees yet.
    """
    wanted = record_nos.unique().sort()
    files = lake.files_of_records(contract.code, wanted, connection)
    if not files:
        return pl.DataFrame(schema=KEYS)
    columns = list(dict.fromkeys((*KEYS, *also)))
    read = ", ".join(dict.fromkeys((*contract.dtypes, *(name for name in columns if name != "content_hash"))))
    rows = f"SELECT {read} FROM {rows_sql(contract, files)} SEMI JOIN wanted USING (record_no)"
    stored = query(rows, wanted=wanted.to_frame("record_no"))
    stored = stored.with_columns(content_hashes(stored, [*contract.dtypes]))
    closings = lake.closings(contract.code, connection=connection)
    closed = pl.read_parquet(closings) if closings else stored.select(ENDS).clear()
    ends = closed.group_by("row_no").agg(ends=pl.col("closed_at").min())
    current = stored.join(ends, on="row_no", how="left").with_columns(closed_at=pl.min_horizontal("closed_at", "ends"))
    return current.filter(pl.col("closed_at").is_null() | (pl.col("closed_at") != VOID)).select(columns)


def overtakes(stored: pl.DataFrame) -> pl.DataFrame:
    """Which stored row ended when a surer link gave its content to another enterprise: `row_no`, and `by_row` whose."""
    same = ["record_no", "version", "content_hash"]
    seen = stored.filter(pl.col("closed_at").is_null() | (pl.col("closed_at") > pl.col("known_at")))
    uncoded = seen.filter(pl.col("link_id") > 0)
    by = uncoded.select(*same, "enterprise_id", "known_at", by_row="row_no")
    pairs = uncoded.join(by, left_on=[*same, "closed_at"], right_on=[*same, "known_at"], suffix="_then")
    return pairs.filter(pl.col("enterprise_id") != pl.col("enterprise_id_then")).select("row_no", "by_row")


def sift(rows: pl.DataFrame, stored: pl.DataFrame, undone: pl.Series) -> Sifted:
    """Decide about delivered rows (`row` and `KEYS` but the last two) beside the stored rows of the same records.

    Rows without company, those that `hash_contents` gave no hash, are fresh and open. undone: numbers of stored rows
    whose link was undone: the same content under another owner is no repetition of them. Rows that a surer link took
    over keep the end it gave them.
    """
    keys = rows.select("row", *(name for name in KEYS if name not in ("closed_at", "row_no")))
    keys = keys.filter(pl.col("content_hash").is_not_null())
    if keys.is_empty() and stored.is_empty():
        fresh = rows.with_columns(closed_at=pl.lit(None, pl.Int64))
        return Sifted(fresh, rows["row"].clear(), 0, stored.select(ENDS))
    both = pl.concat([stored, keys], how="diagonal")
    both = both.with_columns(undone=pl.col("row_no").is_in(undone.implode()).fill_null(False))
    overtaken = overtakes(stored)["row_no"]
    both = both.with_columns(overtaken=pl.col("row_no").is_in(overtaken.implode()).fill_null(False))
    verdicts = _compare(both.filter(pl.col("record_no").is_duplicated()))
    unchanged = verdicts.filter("repeated")["row"]
    conflicts = verdicts.filter("contradicts")["row"]
    ended = _close(verdicts.filter(~pl.col("repeated") & ~pl.col("contradicts")))
    without = pl.concat([unchanged, conflicts])
    fresh = rows if without.is_empty() else rows.filter(~pl.col("row").is_in(without.implode()))
    closing = ended.drop_nulls(["row", "closed_at"]).select("row", "closed_at")
    if closing.is_empty():
        fresh = fresh.with_columns(closed_at=pl.lit(None, pl.Int64))
    else:
        fresh = fresh.join(closing, on="row", how="left", maintain_order="left")
    return Sifted(fresh, conflicts, unchanged.len(), ended.filter("newly").select(ENDS))


def _compare(several: pl.DataFrame) -> pl.DataFrame:
    """Mark delivered rows that repeat a content of their version, or contradict the one known first."""
    version = ["record_no", "version"]
    stored_first = [False] * 4 + [True, False]
    ordered = several.sort(*version, "known_at", "content_hash", "row_no", "row", nulls_last=stored_first)
    delivered = pl.col("row").is_not_null()
    first = pl.struct(*version, "content_hash", "undone").is_first_distinct()
    counts = pl.col("content_hash") == pl.col("content_hash").first().over(version)
    return ordered.with_columns(repeated=delivered & ~first, contradicts=delivered & first & ~counts)


def _close(several: pl.DataFrame) -> pl.DataFrame:
    """When each row ended: the first instant at which a row that outranks it was known.

    `newly` marks stored rows whose end is new or earlier than stored. Of rows that were taken over the next ends each;
    of others of a version the one known first outranks those after it.
    """
    rank = pl.when("overtaken").then(-pl.col("known_at")).otherwise("known_at")
    latest_first = [False, False, True, True, True, True]
    ordered = several.with_columns(rank=rank).sort(
        *("record_no", "version", "overtaken", "undone", "rank", "content_hash"), descending=latest_first
    )
    ends = pl.col("known_at").cum_min(reverse=True).shift(-1).over("record_no")
    closed = ordered.with_columns(ends=ends)
    earlier = pl.col("ends").is_not_null() & (pl.col("closed_at").is_null() | (pl.col("ends") < pl.col("closed_at")))
    return closed.select("row", "enterprise_id", "row_no", closed_at="ends", newly=pl.col("row").is_null() & earlier)
