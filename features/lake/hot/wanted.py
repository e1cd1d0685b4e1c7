"""What is wanted of a feed in memory, and the lake's files it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from sqlalchemy import or_, select

from features.contracts.contract import Contract
from features.contracts.feeds import find_feed
from features.lake.lake import Lake
from features.lake.tables import LakeFile

Dtypes = Mapping[str, pl.DataType]
DAYS = ("event_day", "known_from_day", "known_to_day")
"""Of every record, counted from 1900-01-01: when it happened, and between which days it was known."""
RECORD_NO = "record_no"
"""By which a record is cited; every feed may be asked for it beside its own columns."""


@dataclass(frozen=True)
class Wanted:
    """What hot rows hold of a feed. worded: text columns whose texts are read, of others codes are only counted."""

    feed: str
    columns: tuple[str, ...]
    worded: tuple[str, ...]

    @property
    def contract(self) -> Contract:
        return find_feed(self.feed)

    @property
    def dtypes(self) -> Dtypes:
        """The types of the columns."""
        types = {**self.contract.dtypes, RECORD_NO: pl.Int64()}
        return {name: types[name] for name in self.columns}


@dataclass(frozen=True)
class StoredFile:
    """A file of a feed's rows in the manifest; bucket None: of all buckets."""

    path: Path
    bucket: int | None
    rows: int


def stored_files(lake: Lake, feed: str, snapshot: int) -> list[StoredFile]:
    """The files of a feed's rows in a snapshot, oldest first; of a derived feed those it is made of."""
    if bases := find_feed(feed).derived_from:
        return [file for base in bases for file in stored_files(lake, base, snapshot)]
    listed = select(LakeFile.path, LakeFile.bucket, LakeFile.rows).order_by(LakeFile.id)
    still_there = or_(LakeFile.removed_in.is_(None), LakeFile.removed_in > snapshot)
    listed = listed.where(LakeFile.feed == feed, LakeFile.kind == "rows", LakeFile.added_in <= snapshot, still_there)
    with lake.catalogue.connect() as connection:
        return [StoredFile(lake.root / path, bucket, rows) for path, bucket, rows in connection.execute(listed)]
