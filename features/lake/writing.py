"""Store judged rows: give each its enterprise, its number and its end, and write them as one delta file."""

from dataclasses import dataclass

import polars as pl

from features.lake.entry import Entry
from features.lake.files import NewFile, add_file
from features.lake.judgement import ROW
from features.lake.registry import add_aliases, enrol, label
from features.lake.versions import KEYS, number_records, sift, stored_versions


@dataclass(frozen=True)
class Stored:
    """landed and unchanged count rows; refused: `row`, `code`, `reason` of those that could not be stored."""

    landed: int
    unchanged: int
    refused: pl.DataFrame


def store(entry: Entry, kept: pl.DataFrame) -> Stored:
    """Store the rows a contract let through; those that contradict a stored version are refused."""
    contract = entry.contract
    rows = number_records(_identify(entry, kept), contract)
    sifted = sift(rows, stored_versions(entry.lake, contract.code, rows["record_no"]))
    if not sifted.fresh.is_empty():
        _write_rows(entry, sifted.fresh)
        _register(entry, sifted.fresh)
    if not sifted.ended.is_empty():
        closings = NewFile(contract.code, "closings", f"s{entry.snapshot:06d}.closings.parquet")
        add_file(entry.lake, entry.connection, closings, sifted.ended, entry.snapshot)
    reason = pl.lit("the same version of this record arrived before with other content")
    conflicts = sifted.conflicts.to_frame(ROW).select(ROW, code=pl.lit("conflict"), reason=reason)
    return Stored(sifted.fresh.height, sifted.unchanged, conflicts)


def _identify(entry: Entry, kept: pl.DataFrame) -> pl.DataFrame:
    """Add `enterprise_id`, `link_id` (0: by its own code) and `known_at`."""
    numbers = enrol(entry.connection, kept["uscc"], entry.snapshot)
    return kept.join(numbers, on="uscc", how="inner", maintain_order="left").with_columns(
        link_id=pl.lit(0, pl.Int32), known_at="received_at"
    )


def _write_rows(entry: Entry, fresh: pl.DataFrame) -> None:
    contract = entry.contract
    numbered = fresh.sort("enterprise_id", "event_date", "record_no", "version").with_columns(
        batch_no=pl.lit(entry.batch_no, pl.Int32),
        row_no=entry.snapshot * 2**32 + pl.int_range(pl.len(), dtype=pl.Int64),
    )
    stored = dict.fromkeys((*contract.dtypes, *KEYS, "enterprise_id", "link_id", "batch_no"))
    rows = NewFile(contract.code, "rows", f"s{entry.snapshot:06d}.parquet")
    add_file(entry.lake, entry.connection, rows, numbered.select(*stored), entry.snapshot)


def _register(entry: Entry, fresh: pl.DataFrame) -> None:
    """A registration names its enterprise, and may bring another key for it."""
    contract = entry.contract
    if contract.outside_key is None:
        return
    label(entry.connection, fresh.select("enterprise_id", "name", "version", "known_at"))
    keys = fresh.select("enterprise_id", "known_at", key=contract.outside_key)
    add_aliases(entry.connection, keys, entry.snapshot)
