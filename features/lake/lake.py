"""The lake: Parquet files under one folder, and the catalogue that says which of them make up a snapshot."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, func, insert, or_, select

from bureau.db import open_engine, upgrade
from features.lake.locking import alone
from features.lake.tables import LakeFile, Setting, Snapshot

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version_catalogue"
BUCKETS = 16
"""How many buckets a new lake has. Kept in its settings: changing it here changes no existing lake."""


@dataclass(frozen=True)
class Lake:
    """An open lake. Reading needs no lock: a snapshot's files never change."""

    root: Path
    catalogue: Engine

    def snapshot(self) -> int:
        """The newest snapshot's number; 0 while nothing has landed."""
        with self.catalogue.connect() as connection:
            return connection.scalar(select(func.max(Snapshot.id))) or 0

    def files(self, feed: str, snapshot: int | None = None) -> list[Path]:
        """Files of a feed's rows in a snapshot (default the newest), oldest first."""
        return self._listed(feed, "rows", snapshot)

    def closings(self, feed: str, snapshot: int | None = None) -> list[Path]:
        """Files that say which stored rows ended when, in a snapshot (default the newest)."""
        return self._listed(feed, "closings", snapshot)

    @property
    def buckets(self) -> int:
        """How many buckets compaction sorts enterprises into: bucket = enterprise_id mod this."""
        with self.catalogue.connect() as connection:
            return int(connection.scalars(select(Setting.value).where(Setting.name == "buckets")).one())

    def _listed(self, feed: str, kind: str, snapshot: int | None) -> list[Path]:
        return list(_files(self, feed, kind, self.snapshot() if snapshot is None else snapshot))


@lru_cache(maxsize=4096)
def _files(lake: Lake, feed: str, kind: str, snapshot: int) -> tuple[Path, ...]:
    """A committed snapshot's list never changes, and a live answer asks for a dozen of them."""
    query = select(LakeFile.path).where(LakeFile.feed == feed, LakeFile.kind == kind).order_by(LakeFile.id)
    still_there = or_(LakeFile.removed_in.is_(None), LakeFile.removed_in > snapshot)
    with lake.catalogue.connect() as connection:
        paths = connection.scalars(query.where(LakeFile.added_in <= snapshot, still_there))
        return tuple(lake.root / path for path in paths)


def open_lake(home: Path, catalogue_url: str) -> Lake:
    """Open the lake of a home, made on first use, its catalogue brought to the newest migration."""
    root = home.resolve() / "lake"
    root.mkdir(parents=True, exist_ok=True)
    catalogue = open_engine(catalogue_url)
    with alone(root / ".opening"):
        upgrade(catalogue, MIGRATIONS, version_table=VERSION_TABLE)
        with catalogue.begin() as connection:
            if connection.scalar(select(Setting.value).where(Setting.name == "buckets")) is None:
                connection.execute(insert(Setting).values(name="buckets", value=str(BUCKETS)))
    return Lake(root, catalogue)
