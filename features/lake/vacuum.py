"""Give back the disk of files that only old snapshots list; an answer given from such a snapshot replays no longer."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from features.lake.files import exclusive, sweep
from features.lake.lake import OLDEST, Lake, forget_files
from features.lake.tables import LakeFile, Setting, Snapshot


@dataclass(frozen=True)
class Vacuumed:
    """oldest: the first snapshot that can still be read."""

    files: int
    rows: int
    oldest: int


def removable(lake: Lake, *, keep_days: int, at: datetime) -> Vacuumed:
    """What `vacuum` would remove, and from which snapshot on one could read then."""
    with lake.catalogue.connect() as connection:
        found = _removable(connection, at - timedelta(days=keep_days))
        return found if found.files else replace(found, oldest=lake.oldest)


def vacuum(lake: Lake, *, keep_days: int, at: datetime) -> Vacuumed:
    """Remove files whose last snapshot was replaced more than `keep_days` ago.

    What every newer snapshot reads stays. The files leave the manifest before they leave the disk, so a kill in
    between leaves leftovers and no holes.
    """
    with exclusive(lake):
        with lake.catalogue.begin() as connection:
            before = at - timedelta(days=keep_days)
            done = _removable(connection, before)
            if done.files:
                connection.execute(delete(LakeFile).where(_gone(_last_old(connection, before))))
                oldest = update(Setting).where(Setting.name == OLDEST)
                connection.execute(oldest.values(value=str(done.oldest)))
        forget_files()
        sweep(lake)
        return replace(done, oldest=lake.oldest)


def _removable(connection: Connection, before: datetime) -> Vacuumed:
    counts = select(func.count(), func.sum(LakeFile.rows), func.max(LakeFile.removed_in))
    files, rows, oldest = connection.execute(counts.where(_gone(_last_old(connection, before)))).one()
    return Vacuumed(files, int(rows or 0), int(oldest or 0))


def _last_old(connection: Connection, before: datetime) -> int:
    """The last snapshot of those that all were made before an instant: none younger stands before it.

    Snapshots are dated by who makes them, so a higher number may bear an earlier date.
    """
    first_young = connection.scalar(select(func.min(Snapshot.id)).where(Snapshot.made_at >= before))
    if first_young is not None:
        return first_young - 1
    return connection.scalar(select(func.max(Snapshot.id))) or 0


def _gone(last_old: int) -> ColumnElement[bool]:
    return LakeFile.removed_in.is_not(None) & (LakeFile.removed_in <= last_old)
