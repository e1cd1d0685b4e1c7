"""Files of the lake: one writer at a time, each file whole or not there, leftovers of a killed writer removed."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, insert, select

from features.lake.encoding import Frame, write_rows
from features.lake.lake import Lake
from features.lake.layout import known_at
from features.lake.locking import alone
from features.lake.sent import drop_unnoted, replace_deliveries
from features.lake.tables import LakeFile

_UNFINISHED = ".unfinished"
_BOUNDING = ["event_date", "known_lag", "known_second", "known_micro", "record_no"]


@dataclass(frozen=True)
class NewFile:
    """What the manifest says about a file before it is written. name: without its folder `feed=...`."""

    feed: str
    kind: str
    name: str
    bucket: int | None = None

    @property
    def path(self) -> str:
        """Under the lake's folder."""
        return f"feed={self.feed}/{self.name}"


@contextmanager
def exclusive(lake: Lake) -> Iterator[None]:
    """Wait to be the lake's only writer; a killed one blocks nobody. Readers need not wait.

    What a writer that failed or was killed left is swept away or brought to its end first: its mark is still there.
    """
    mark = lake.root / ".unfinished"
    with alone(lake.root / ".writing"):
        if mark.exists():
            _take_up(lake)
        mark.touch()
        yield
        mark.unlink()


def _take_up(lake: Lake) -> None:
    sweep(lake)
    replace_deliveries(lake)
    drop_unnoted(lake)


@dataclass(frozen=True)
class Bounds:
    """What the rows of a file lie between: instants they were known at (microseconds), and their record numbers."""

    min_known: int
    max_known: int
    min_record: int | None = None
    max_record: int | None = None

    def __or__(self, other: "Bounds") -> "Bounds":
        """The bounds of both files' rows together."""
        records = (*self.records, *other.records)
        known = (self.min_known, self.max_known, other.min_known, other.max_known)
        return Bounds(min(known), max(known), min(records, default=None), max(records, default=None))

    @property
    def records(self) -> tuple[int, ...]:
        return tuple(one for one in (self.min_record, self.max_record) if one is not None)


def bounds_of(packed: Frame) -> Bounds:
    """The bounds of some stored rows, at least one."""
    keys = pl.DataFrame(packed.select(_BOUNDING))
    known, record = known_at(keys).to_numpy(), keys["record_no"].to_numpy()
    return Bounds(int(known.min()), int(known.max()), int(record.min()), int(record.max()))


def add_file(
    lake: Lake, connection: Connection, new: NewFile, frame: pl.DataFrame, bounds: Bounds, snapshot: int
) -> None:
    """Write rows beside the manifest, then list them in it: readers see them when the transaction commits."""
    written = write_file(lake, new, [frame], kind=f"{new.feed} {new.kind}")
    list_file(connection, new, written, frame.height, bounds, snapshot)


def write_file(lake: Lake, new: NewFile, frames: Iterable[Frame], kind: str | None = None) -> str:
    """Write a file that nobody lists yet; returns its SHA-256. kind: as of `write_rows`."""
    path = lake.root / new.path
    path.parent.mkdir(exist_ok=True)
    return _write_whole(path, frames, kind)


def list_file(connection: Connection, new: NewFile, sha256: str, rows: int, bounds: Bounds, snapshot: int) -> None:
    """List a written file in the manifest."""
    facts = {"feed": new.feed, "kind": new.kind, "path": new.path, "bucket": new.bucket, "rows": rows}
    connection.execute(insert(LakeFile), [facts | asdict(bounds) | {"sha256": sha256, "added_in": snapshot}])


def write_again(lake: Lake, path: str, frame: pl.DataFrame, snapshot: int) -> tuple[str, str]:
    """Write what is left of a file under a name of its own; returns its path under the lake and its SHA-256."""
    former = lake.root / path
    again = former.with_name(f"{former.name.removesuffix('.parquet')}.e{snapshot:06d}.parquet")
    return str(again.relative_to(lake.root)), _write_whole(again, [frame])


def write_beside(lake: Lake, path: str, frame: pl.DataFrame) -> tuple[str, str]:
    """Write a file of the lake that no feed reads; returns its path under the lake and its SHA-256."""
    whole = lake.root / path
    whole.parent.mkdir(exist_ok=True)
    return path, _write_whole(whole, [frame])


def sweep(lake: Lake) -> list[Path]:
    """Remove files no snapshot lists, left by a writer that was killed. Only the lake's one writer may."""
    with lake.catalogue.connect() as connection:
        listed = {lake.root / path for path in connection.scalars(select(LakeFile.path))}
    orphans = [path for path in lake.root.glob("feed=*/*") if path not in listed]
    for path in orphans:
        path.unlink()
    return orphans


def _write_whole(path: Path, frames: Iterable[Frame], kind: str | None = None) -> str:
    """Write under another name, flush to the disk, then rename; returns the file's SHA-256."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    write_rows(frames, unfinished, kind)
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
