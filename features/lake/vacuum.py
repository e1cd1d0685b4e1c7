"""Give back the disk of files that only old snapshots list; an answer given from such a snapshot replays no longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from features.lake.files import exclusive, sweep
from features.lake.lake import OLDEST, Lake, forget_files
from features.lake.tables import LakeFile, Setting, Snapshot


@dataclass(frozen=True)
class Vacuumed:
    """oldest: the first snapshot that can still be read."""

    files: int
    rows: int
    oldest: int


def vacuum(lake: Lake, *, keep_days: int, at: datetime) -> Vacuumed:
    """Remove files whose last snapshot was replaced more than `keep_days` ago.

    What every newer snapshot reads stays. The files leave the manifest before they leave the disk, so a kill in
    between leaves leftovers and no holes.
    """
    with exclusive(lake):
        with lake.catalogue.begin() as connection:
            before = at - timedelta(days=keep_days)
            oldest = connection.scalar(select(func.max(Snapshot.id)).where(Snapshot.made_at < before)) or 0
            gone = LakeFile.removed_in.is_not(None) & (LakeFile.removed_in <= oldest)
            files, rows = connection.execute(select(func.count(), func.sum(LakeFile.rows)).where(gone)).one()
            if files:
                first = connection.scalar(select(func.max(LakeFile.removed_in)).where(gone))
                connection.execute(delete(LakeFile).where(gone))
                connection.execute(update(Setting).where(Setting.name == OLDEST).values(value=str(first)))
        forget_files()
        sweep(lake)
        return Vacuumed(files, int(rows or 0), lake.oldest)
