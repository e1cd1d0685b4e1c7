"""Files of the lake: one writer at a time, each file whole or not there, leftovers of a killed writer removed."""

import hashlib
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, insert, select

from features.lake.lake import Lake
from features.lake.locking import alone
from features.lake.tables import LakeFile

ROW_GROUP = 32_768
"""Rows of a row group: few enough that one enterprise costs few of them, enough to compress well."""
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class NewFile:
    """What the manifest says about a file before it is written. name: without its folder `feed=...`."""

    feed: str
    kind: str
    name: str
    bucket: int | None = None


def exclusive(lake: Lake) -> AbstractContextManager[None]:
    """Wait to be the lake's only writer; a killed one blocks nobody. Readers need not wait."""
    return alone(lake.root / ".writing")


def add_file(lake: Lake, connection: Connection, new: NewFile, frame: pl.DataFrame, snapshot: int) -> None:
    """Write rows beside the manifest, then list them in it: readers see them when the transaction commits."""
    path = lake.root / f"feed={new.feed}" / new.name
    path.parent.mkdir(exist_ok=True)
    sha256 = _write_whole(path, frame)
    known = frame["known_at"] if "known_at" in frame.columns else frame["closed_at"]
    listed = {
        "feed": new.feed,
        "kind": new.kind,
        "path": str(path.relative_to(lake.root)),
        "bucket": new.bucket,
        "rows": frame.height,
        "sha256": sha256,
        "min_known": known.min(),
        "max_known": known.max(),
        "added_in": snapshot,
    }
    connection.execute(insert(LakeFile), [listed])


def sweep(lake: Lake) -> list[Path]:
    """Remove files no snapshot lists, left by a writer that was killed. Only the lake's one writer may."""
    with lake.catalogue.connect() as connection:
        listed = {lake.root / path for path in connection.scalars(select(LakeFile.path))}
    orphans = [path for path in lake.root.glob("feed=*/*") if path not in listed]
    for path in orphans:
        path.unlink()
    return orphans


def _write_whole(path: Path, frame: pl.DataFrame) -> str:
    """Write under another name, flush to the disk, then rename; returns the file's SHA-256."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    frame.write_parquet(unfinished, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
    with unfinished.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        os.fsync(written.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return sha256
