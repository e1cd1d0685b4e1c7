"""Deliveries a home keeps beside its lake: what was erased must not lie there either."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from features.contracts.contract import Contract
from features.lake.codes import clean_codes
from features.lake.sidecar import sidecar_path


def erase_from_deliveries(
    home: Path, contract: Contract, record_ids: pl.Series, uscc: str | None = None
) -> list[dict[str, Any]]:
    """Write the kept files of a feed again without some records; returns the hashes of those that changed.

    uscc: every row that bears this code goes too, whatever its record.
    """
    changed = []
    for path in sorted((home / "deliveries").rglob(f"{contract.code}-*.parquet")):
        frame = pl.read_parquet(path, hive_partitioning=False)
        gone = frame["record_id"].cast(pl.String).is_in(record_ids.implode())
        if uscc is not None:
            gone |= clean_codes(frame[contract.subject].cast(pl.String)) == uscc
        kept = frame.filter(~gone.fill_null(False))
        if kept.height < frame.height:
            before, after = _sha256(path), _replace(path, kept)
            changed.append({"file": path.name, "sha256_before": before, "sha256_after": after})
    return changed


def _replace(path: Path, kept: pl.DataFrame) -> str:
    """Replace a file and what its sidecar says of it; the batch stays the batch."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    kept.write_parquet(unfinished, compression="zstd", compression_level=1)
    unfinished.replace(path)
    sha256, beside = _sha256(path), sidecar_path(path)
    if beside.exists():
        said = json.loads(beside.read_text("utf-8")) | {"sha256": sha256, "rows": kept.height}
        beside.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    return sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()
