"""Deliveries a home keeps beside its lake: what was erased must not lie there either.

A delivery is written again beside its former self before the transaction that erases commits, and takes its place
after that: killed in between, the next writer finds in the catalogue what is left to do.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, Row, insert, select, update

from features.contracts.contract import Contract
from features.lake.codes import clean_codes
from features.lake.lake import Lake
from features.lake.sidecar import sidecar_path
from features.lake.tables import RewrittenDelivery


def erase_from_deliveries(
    lake: Lake, connection: Connection, contract: Contract, record_ids: pl.Series, uscc: str | None = None
) -> list[dict[str, Any]]:
    """Write the kept files of a feed again without some records, beside those that stand; returns both their hashes.

    Once the transaction has committed, `replace_deliveries` puts them in their place.
    uscc: every row that bears this code goes too, whatever its record.
    """
    home, changed = lake.root.parent, []
    if record_ids.is_empty() and uscc is None:
        return []
    for path in sorted((home / "deliveries").rglob(f"{contract.code}-*.parquet")):
        frame = pl.read_parquet(path, hive_partitioning=False)
        gone = frame["record_id"].cast(pl.String).is_in(record_ids.implode())
        if uscc is not None:
            gone |= clean_codes(frame[contract.subject].cast(pl.String)) == uscc
        kept = frame.filter(~gone.fill_null(False))
        if kept.height == frame.height:
            continue
        hashes = {"sha256_before": _sha256(path), "sha256_after": _write_beside(path, kept)}
        file = {"feed": contract.code, "file": path.relative_to(home).as_posix(), "rows": kept.height}
        connection.execute(insert(RewrittenDelivery).values(file | hashes | {"replaced": False}))
        changed.append({"file": path.name, **hashes})
    return changed


def replace_deliveries(lake: Lake) -> None:
    """Put every delivery that was written again in the place of its former self; for the lake's one writer."""
    row = RewrittenDelivery
    with lake.catalogue.connect() as connection:
        waiting = connection.execute(select(row).where(row.replaced.is_(False)).order_by(row.id)).all()
    for rewritten in waiting:
        _replace(lake.root.parent / rewritten.file, rewritten)
    if waiting:
        with lake.catalogue.begin() as connection:
            connection.execute(update(row).where(row.replaced.is_(False)).values(replaced=True))


def drop_unnoted(lake: Lake) -> None:
    """Remove deliveries written again by a writer that was killed before its transaction; for the lake's one writer."""
    for path in (lake.root.parent / "deliveries").rglob(".*.unfinished"):
        path.unlink()


def rewritten_deliveries(lake: Lake) -> list[tuple[str, str]]:
    """The hashes before and after of every delivery that was written again."""
    with lake.catalogue.connect() as connection:
        pairs = select(RewrittenDelivery.sha256_before, RewrittenDelivery.sha256_after)
        return [(before, after) for before, after in connection.execute(pairs)]


def _replace(path: Path, rewritten: Row[Any]) -> None:
    """Replace a file and what its sidecar says of it; the batch stays the batch.

    Another file that was brought to its place meanwhile stays: landing takes erased records out of it again.
    """
    again, former = _unfinished(path), path.exists() and _sha256(path)
    if again.exists() and former == rewritten.sha256_before:
        again.replace(path)
        former = rewritten.sha256_after
    beside = sidecar_path(path)
    if former == rewritten.sha256_after and beside.exists():
        told = {"sha256": rewritten.sha256_after, "rows": rewritten.rows}
        said = json.loads(beside.read_text("utf-8")) | told
        _unfinished(beside).write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        _unfinished(beside).replace(beside)


def _write_beside(path: Path, kept: pl.DataFrame) -> str:
    again = _unfinished(path)
    kept.write_parquet(again, compression="zstd", compression_level=1)
    with again.open("rb") as written:
        os.fsync(written.fileno())
    return _sha256(again)


def _unfinished(path: Path) -> Path:
    return path.with_name(f".{path.name}.unfinished")


def _sha256(path: Path) -> str:
    with path.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()
