"""Store judged rows: give each its owner, its number and its end, and write them as one delta file."""

from dataclasses import dataclass

import polars as pl

from features.lake.endings import note_endings
from features.lake.entry import Entry
from features.lake.files import Bounds, NewFile, add_file, bounds_of
from features.lake.judgement import ROW
from features.lake.layout import pack
from features.lake.linking import brought_by, undone_links, why_undone
from features.lake.numbers import add_numbers
from features.lake.owners import find_owners
from features.lake.publishers import of_other_publishers
from features.lake.registered_name import register
from features.lake.versions import VOID, hash_contents, number_records, sift, stored_versions

_STRANGE = "a record of this id came from another publisher; each must number its records so that they differ"


@dataclass(frozen=True)
class Stored:
    """landed and unchanged count rows; refused: `row`, `code`, `reason` of those that could not be stored."""

    landed: int
    unchanged: int
    refused: pl.DataFrame


def store(entry: Entry, kept: pl.DataFrame, void: pl.Series | None = None) -> Stored:
    """Store rows a contract let through (`row`, `batch_no`, `received_at` beside the contract's columns).

    void: numbers of stored rows that are written anew here; they never count again.
    Rows that belong to nobody yet, contradict a stored version, or bear the id of another publisher's record are
    refused.
    """
    rows = number_records(kept, entry.contract)
    stored = stored_versions(entry.lake, entry.contract, rows["record_no"], ["batch_no"], entry.connection)
    voided = stored.filter(pl.col("row_no").is_in(void.implode())) if void is not None else stored.clear()
    stored = stored.join(voided, on="row_no", how="anti")
    rows = hash_contents(rows, stored, entry.contract)
    strange = of_other_publishers(entry, rows, stored)
    owned = find_owners(entry, rows.filter(~pl.col(ROW).is_in(strange.implode())), stored)
    links = undone_links(entry.connection)
    undone = brought_by(stored, links)
    sifted = sift(owned.drop_nulls("enterprise_id"), stored, undone["row_no"])
    write_rows(entry, sifted.fresh)
    ended = pl.concat([sifted.ended, ending(voided, VOID)])
    write_closings(entry, ended)
    register(entry, sifted.fresh["enterprise_id"], ended["enterprise_id"])
    nobodys = owned.filter(pl.col("enterprise_id").is_null()).select(ROW, "record_no")
    refused = [
        _unlinked(nobodys, why_undone(stored, links)),
        _refuse(strange, "publisher", _STRANGE),
        _refuse(sifted.conflicts, "conflict", "the same version of this record arrived before with other content"),
    ]
    return Stored(sifted.fresh.height, sifted.unchanged, pl.concat(refused))


def _unlinked(nobodys: pl.DataFrame, undone: pl.DataFrame) -> pl.DataFrame:
    generally = pl.lit("it has no code, and no enterprise alone bears its name")
    told = nobodys.join(undone, on="record_no", how="left", maintain_order="left")
    return told.select(ROW, code=pl.lit("unlinked"), reason=pl.coalesce("reason", generally))


def _refuse(rows: pl.Series, code: str, reason: str) -> pl.DataFrame:
    return rows.to_frame(ROW).with_columns(code=pl.lit(code), reason=pl.lit(reason))


def ending(rows: pl.DataFrame, at: int) -> pl.DataFrame:
    """Stored rows as closings that end at one instant (microseconds)."""
    return rows.select("enterprise_id", "row_no", closed_at=pl.lit(at, pl.Int64))


def write_rows(entry: Entry, fresh: pl.DataFrame) -> None:
    """Write rows that have their owner, number and end; nothing for none."""
    if fresh.is_empty():
        return
    contract = entry.contract
    rows = NewFile(contract.code, "rows", f"{entry.stem}.parquet")
    packed = pack(fresh, contract, entry.lake.buckets, first_row=entry.first_row)
    add_file(entry.lake, entry.connection, rows, packed, bounds_of(packed), entry.snapshot)
    note_endings(entry, fresh)
    tell_registry(entry, fresh)


def tell_registry(entry: Entry, stored: pl.DataFrame) -> None:
    """Stored rows may bring numbers of their enterprises."""
    if entry.contract.number_column is not None:
        add_numbers(entry.connection, entry.contract, stored, entry.snapshot)


def write_closings(entry: Entry, ended: pl.DataFrame) -> None:
    """Write down which stored rows ended when, with the columns of `ENDS`; nothing for none."""
    if ended.is_empty():
        return
    closings = NewFile(entry.contract.code, "closings", f"{entry.stem}.closings.parquet")
    closed = ended["closed_at"].to_numpy()
    bounds = Bounds(int(closed.min()), int(closed.max()))
    add_file(entry.lake, entry.connection, closings, ended.sort("enterprise_id", "row_no"), bounds, entry.snapshot)
