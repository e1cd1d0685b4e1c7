"""The lake: Parquet files under one folder, and the catalogue that says which of them make up a snapshot."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Connection, Engine, Select, func, insert, literal_column, select, union_all, update

from bureau.db import open_engine, upgrade
from bureau.errors import UnknownName, UnreadableFile
from features.lake.driver import Question
from features.lake.layout import LAYOUT
from features.lake.locking import alone
from features.lake.memory import hear, until_erasure
from features.lake.tables import Certificate, LakeFile, Setting, Snapshot

OLDEST = "oldest_snapshot"
"""The setting that holds the first snapshot from which on every file is still there."""
KEPT = "kept_snapshots"
"""The setting that lists older ones whose files are all still there too."""
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version_catalogue"
_UNBORN = 2**31 - 1
"""A snapshot after all others: as of it a transaction sees what it has listed itself."""
BUCKETS = 16
"""How many buckets a new lake has. Kept in its settings: changing it here changes no existing lake."""
MORE_BUCKETS = ((1_000_000, 128), (200_000, 64))
"""From so many enterprises on a lake has more, the most first: one bucket's rows are in memory together."""
_NEWEST = Question(
    select(
        select(func.max(Snapshot.id)).scalar_subquery(),
        select(func.max(Certificate.id)).scalar_subquery(),
        select(Setting.value).where(Setting.name == literal_column(f"'{OLDEST}'")).scalar_subquery(),
    )
)
"""The newest snapshot, the last erasure, and from which snapshot on nothing was given up."""


@dataclass(frozen=True)
class Lake:
    """An open lake. Reading needs no lock: a snapshot's files never change."""

    root: Path
    catalogue: Engine

    @property
    def spill(self) -> Path:
        """For what a computation cannot hold in memory; it may be deleted when nothing computes."""
        return self.root / "spill"

    def snapshot(self) -> int:
        """The newest snapshot's number; 0 while nothing has landed.

        Whoever asks also hears what another process erased or gave up since, and forgets it.
        """
        [(newest, *gone)] = _NEWEST.rows(self.catalogue)
        hear(self, tuple(gone))
        return newest or 0

    def files(self, feed: str, snapshot: int | None = None, connection: Connection | None = None) -> list[Path]:
        """Files of a feed's rows in a snapshot (default the newest), oldest first. connection: as of `closings`."""
        if connection is not None:
            return [self.root / path for path in connection.scalars(_listing(feed, "rows", _UNBORN))]
        return self._listed(feed, "rows", snapshot)

    def closings(self, feed: str, snapshot: int | None = None, connection: Connection | None = None) -> list[Path]:
        """Files that say which stored rows ended when, in a snapshot (default the newest).

        connection: one whose transaction has listed files nobody else sees yet.
        """
        if connection is not None:
            return [self.root / path for path in connection.scalars(_listing(feed, "closings", _UNBORN))]
        return self._listed(feed, "closings", snapshot)

    def files_of_records(self, feed: str, record_nos: pl.Series, connection: Connection | None = None) -> list[Path]:
        """Files of the newest snapshot that can hold some records, given by their numbers in order."""
        if connection is None:
            with self.catalogue.connect() as reading:
                listed = _bounds(reading, feed)
        else:
            listed = _bounds(connection, feed)
        first = record_nos.search_sorted(listed["min_record"], side="left")
        after = record_nos.search_sorted(listed["max_record"], side="right")
        return [self.root / path for path in listed.filter(first < after)["path"]]

    @property
    def buckets(self) -> int:
        """How many buckets compaction sorts enterprises into: bucket = enterprise_id mod this."""
        with self.catalogue.connect() as connection:
            return int(connection.scalars(select(Setting.value).where(Setting.name == "buckets")).one())

    @property
    def oldest(self) -> int:
        """The first snapshot from which on every file is still there; 0 where none was ever given up."""
        with self.catalogue.connect() as connection:
            return int(connection.scalar(select(Setting.value).where(Setting.name == OLDEST)) or 0)

    def is_readable(self, snapshot: int) -> bool:
        """Whether the files of a snapshot are all still there."""
        if snapshot >= self.oldest:
            return True
        with self.catalogue.connect() as connection:
            kept = connection.scalar(select(Setting.value).where(Setting.name == KEPT))
        return snapshot in json.loads(kept or "[]")

    def _listed(self, feed: str, kind: str, snapshot: int | None) -> list[Path]:
        return list(_files(self, feed, kind, self.snapshot() if snapshot is None else snapshot))


@until_erasure(maxsize=4096)
def _files(lake: Lake, feed: str, kind: str, snapshot: int) -> tuple[Path, ...]:
    """A committed snapshot's list changes by an erasure alone, and a live answer asks for a dozen of them."""
    if not lake.is_readable(snapshot):
        raise UnknownName("snapshot that can still be read", str(snapshot))
    with lake.catalogue.connect() as connection:
        return tuple(lake.root / path for path in connection.scalars(_listing(feed, kind, snapshot)))


def _bounds(connection: Connection, feed: str) -> pl.DataFrame:
    """The newest files of a feed's rows, and between which record numbers each lies."""
    query = _listing(feed, "rows", _UNBORN).with_only_columns(LakeFile.path, LakeFile.min_record, LakeFile.max_record)
    schema = {"path": pl.String, "min_record": pl.Int64, "max_record": pl.Int64}
    return pl.DataFrame([tuple(row) for row in connection.execute(query)], schema=schema, orient="row")


def _listing(feed: str, kind: str, snapshot: int) -> Select[*tuple[Any, ...]]:
    of_kind = select(LakeFile.id).where(LakeFile.feed == feed, LakeFile.kind == kind)
    standing = (of_kind.where(LakeFile.removed_in.is_(None)), of_kind.where(LakeFile.removed_in > snapshot))
    # Asked apart, both come from the index; asked with OR, SQLite reads every file the feed ever had.
    there = LakeFile.id.in_(union_all(*standing))
    return select(LakeFile.path).where(there, LakeFile.added_in <= snapshot).order_by(LakeFile.id)


def suit_buckets(lake: Lake, enterprises: int | None) -> None:
    """Give a lake that holds nothing yet the buckets that suit so many enterprises; None: not known."""
    for least, buckets in MORE_BUCKETS:
        if (enterprises or 0) >= least:
            choose_buckets(lake, buckets)
            return


def choose_buckets(lake: Lake, buckets: int) -> None:
    """Sort a lake that holds nothing yet into another number of buckets; one that holds rows keeps its own."""
    with lake.catalogue.begin() as connection:
        if connection.scalar(select(func.count()).select_from(LakeFile)) == 0:
            connection.execute(update(Setting).where(Setting.name == "buckets").values(value=str(buckets)))


def open_lake(home: Path, catalogue_url: str) -> Lake:
    """Open the lake of a home, made on first use, its catalogue brought to the newest migration."""
    root = home.resolve() / "lake"
    root.mkdir(parents=True, exist_ok=True)
    catalogue = open_engine(catalogue_url)
    with alone(root / ".opening"):
        upgrade(catalogue, MIGRATIONS, version_table=VERSION_TABLE)
        with catalogue.begin() as connection:
            _settle(connection, root)
    return Lake(root, catalogue)


def _settle(connection: Connection, root: Path) -> None:
    """Write down what a new lake is made by; refuse one whose files lie in another layout."""
    known = dict(connection.execute(select(Setting.name, Setting.value)).tuples().all())
    empty = connection.scalar(select(func.count()).select_from(LakeFile)) == 0
    if known.get("layout") != LAYOUT and not empty:
        raise UnreadableFile(root, "an earlier version wrote it; load its deliveries into a home of their own.")
    chosen = {"buckets": known.get("buckets", str(BUCKETS)), "layout": LAYOUT, OLDEST: "0"}
    for name, value in chosen.items():
        if name not in known:
            connection.execute(insert(Setting).values(name=name, value=value))
